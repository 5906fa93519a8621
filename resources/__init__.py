"""What is shipped and is not Python: icons and the viewer page; the name by which a desktop knows the app,
and the address of the project."""

APPLICATION_ID = "io.github.panecast.Panecast"
"""Of the desktop file, its icon and its metainfo (`installer/linux`): portals and notices find these by it."""
HOMEPAGE = "https://panecast.github.io"
"""Every address of the project begins with this; `docs/releasing.md` says what has to lie behind it."""
