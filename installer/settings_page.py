"""Makes ``docs/settings.md`` from the declarations of all settings: ``python -m installer.settings_page``."""

from __future__ import annotations

from collections.abc import Iterator

from gui.core.settings import DECLARED
from gui.settings.declared import PAGES, Declaration, shown
from installer.project import TOP

PAGE = TOP / "docs" / "settings.md"
HEAD = """# Settings

Made by `installer/settings_page.py` from the declarations in `gui/core/settings.py`.

Panecast keeps what you choose in `settings.toml` in its settings folder: `~/.config/panecast` on Linux, or the one that
`--config-dir` or the variable `PANECAST_CONFIG` names. Change it in the panel, with a command, or with an editor, also
while Panecast runs:

```sh
panecast config list
panecast config get fps
panecast config set fps 15
panecast config set never_shown keepassxc signal
```

A value that is not possible is reported and not used; the file keeps it until you choose another one. The same holds
for everything that a newer version wrote. Before a file of another form (`schema`) is changed, it is kept as
`settings.toml.schema-N.bak`, three times at most; none of these is overwritten. In `access.json`, with links and
devices, the form is called `version`. Of a newer one, Panecast uses the links and devices that cannot let anybody in by
mistake.

In the panel, all of them are in one dialog: *More* → *Settings…*, the tray's *Settings…*, or Ctrl+,. It has the pages
below, finds settings while you type, and shows the default of each; every change acts at once and can be undone.

## On another computer, and backups

*Advanced* → *Export…* writes settings into a file for another computer or person; *Import…* shows what a file would
change before it does, and can be undone. Left out are links, devices and keys, what you shared, and what is true of one
computer alone: its networks, names and certificate files.

*Back up…* writes everything, also links, devices and the key for HTTPS, into one file under a password. *Restore…* puts
all of it back when Panecast starts again; what was there before is kept in `before-restore` in the settings folder.
Certificate files of your own are not in it.

## For administrators

`/etc/xdg/panecast/settings.toml`, or the same in another folder of `XDG_CONFIG_DIRS`, holds other defaults, and below
`[locked]` what nobody can change here. A default holds until a person chooses otherwise.

```toml
fps = 15

[locked]
https = true
never_shown = ["keepassxc"]
```

On Windows the values of `HKEY_LOCAL_MACHINE\\Software\\Policies\\Panecast` are the defaults, and those of the key
`Locked` below it what nobody can change: `REG_DWORD` for numbers and for true (1) and false (0), `REG_SZ` for texts,
`REG_MULTI_SZ` for lists.

```
reg add HKLM\\Software\\Policies\\Panecast /v fps /t REG_DWORD /d 15
reg add HKLM\\Software\\Policies\\Panecast\\Locked /v https /t REG_DWORD /d 1
```

## What you set
"""
OWN = """
## What Panecast notes by itself
"""


def page() -> str:
    """Return the page."""
    own = (each for each in DECLARED.values() if each.is_own)
    return "\n".join([HEAD, *_chosen(), OWN, *_rows(own), ""])


def _chosen() -> Iterator[str]:
    for name, title in PAGES.items():
        yield f"### {title}\n"
        yield from _rows(each for each in DECLARED.values() if each.page == name)
        yield ""


def _rows(declarations: Iterator[Declaration]) -> Iterator[str]:
    yield "| Key | Is | Default | Means | Since |"
    yield "|---|---|---|---|---|"
    for each in declarations:
        name = f"**{each.label}:** " if each.label else ""
        later = " Holds from the next start on." if each.needs_restart else ""
        choices = f" {_choices(each)}" if each.words else ""
        means = f"{name}{each.sentence}{choices}{later}"
        yield f"| `{each.key}` | {each.allowed} | `{shown(each.default)}` | {means} | {each.since} |"


def _choices(declaration: Declaration) -> str:
    named = (f"`{value}`: {declaration.words[value]}" for value in declaration.choices)
    return f"({'; '.join(named)})"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
