"""Makes ``docs/settings.md`` from the declarations of all settings: ``python -m installer.settings_page``."""

from __future__ import annotations

from collections.abc import Iterator

from gui.core.settings import DECLARED
from gui.settings.declared import Declaration, shown
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

## For administrators

`/etc/xdg/panecast/settings.toml`, or the same in another folder of `XDG_CONFIG_DIRS`, holds other defaults, and below
`[locked]` what nobody can change here. A default holds until a person chooses otherwise.

```toml
fps = 15

[locked]
https = true
never_shown = ["keepassxc"]
```

## What you set
"""
OWN = """
## What Panecast notes by itself
"""


def page() -> str:
    """Return the page."""
    chosen = (each for each in DECLARED.values() if not each.is_own)
    own = (each for each in DECLARED.values() if each.is_own)
    return "\n".join([HEAD, *_rows(chosen), OWN, *_rows(own), ""])


def _rows(declarations: Iterator[Declaration]) -> Iterator[str]:
    yield "| Key | Is | Default | Means | Since |"
    yield "|---|---|---|---|---|"
    for each in declarations:
        later = " Holds from the next start on." if each.needs_restart else ""
        yield (f"| `{each.key}` | {each.allowed} | `{shown(each.default)}` | {each.sentence}{later} | {each.since} |")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
