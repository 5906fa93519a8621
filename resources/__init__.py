"""What is shipped and is not Python: icons and the viewer page; and the name by which a desktop knows the app."""

APPLICATION_ID = "io.github.panecast.Panecast"
"""Of the desktop file, its icon and its metainfo (`installer/linux`): portals and notices find these by it."""
