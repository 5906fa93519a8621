"""Prints the notes of this version's release:  python -m installer.release_notes [--tag vX.Y.Z] [--json]

With the tag that is released it ends with 1 and says why where tag, version and changelog do not agree.
With ``--json`` it is what the update check of the app reads at `gui.core.updates.release.ADDRESS`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys

from installer.project import HOMEPAGE, TOP, VERSION, BadInput, own_releases

CHECK = """\
Which file is for which system, and how to check it: README.md, “Download”. Every file is signed:

    gh attestation verify FILE --owner panecast --bundle SHA256SUMS.sigstore.json
"""

MOST_NOTES = 4000
"""Characters of them that the app takes; the page has them all."""


def check_tag(tag: str) -> None:
    """Raise `BadInput` when ``tag`` is not that of this version, or when the changelog has no day for it."""
    if tag != f"v{VERSION}":
        raise BadInput(
            f"The tag is {tag}, but server/__init__.py says version {VERSION}. "
            "Delete the tag, have it and the file say the same, and tag again."
        )
    if own_releases()[0].day is None:
        raise BadInput(f"CHANGELOG.md calls {VERSION} unreleased. Write its day there, and tag the commit that does.")


def section(changelog: str, version: str) -> str:
    """Return what ``changelog`` says of ``version``, without its heading. Raises `BadInput`."""
    match = re.search(rf"^## {re.escape(version)} – [^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    text = match[1].strip() if match else ""
    if not text:
        raise BadInput(f"CHANGELOG.md says nothing of {version}.")
    return f"{text}\n"


def latest(text: str) -> str:
    """Return what the app reads to learn of this version, whose notes are ``text``."""
    return json.dumps(
        {"version": VERSION, "notes": text[:MOST_NOTES].rstrip(), "link": f"{HOMEPAGE}/changelog#{VERSION}"},
        ensure_ascii=False,
        indent=2,
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code is 0, or 1 when this version is not ready to be released."""
    parser = argparse.ArgumentParser(
        prog="installer.release_notes", description="Print the notes of this version's release."
    )
    parser.add_argument("--tag", help="the tag that is released; it has to fit version and changelog")
    parser.add_argument("--json", action="store_true", help="as the app's update check reads it")
    options = parser.parse_args(arguments)
    tag: str | None = options.tag
    try:
        if tag is not None:
            check_tag(tag)
        own_releases()
        text = section((TOP / "CHANGELOG.md").read_text(encoding="utf-8"), VERSION)
    except BadInput as error:
        print(f"release_notes: {error}", file=sys.stderr)
        return 1
    print(latest(text) if options.json else f"{text}\n{CHECK}", end="\n" if options.json else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
