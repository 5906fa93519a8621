"""How complete the languages are: ``python -m tests.languages`` prints a line for each catalogue."""

from __future__ import annotations

import sys

from installer.catalogues import count, languages, messages


def main() -> int:
    """Print the counts; return 1 where anything but the first is not 0."""
    template, complete = messages(), True
    for tag in languages():
        found = count(tag, template)
        for problem in found.wrong:
            print(f"{tag}: {problem}")
        print(
            f"{tag}: {found.translated} translated, {found.unfinished} unfinished, {found.unused} unused, "
            f"{len(found.wrong)} wrong"
        )
        complete = complete and not (found.unfinished or found.unused or found.wrong)
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
