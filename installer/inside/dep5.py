"""Debian's machine-readable copyright file, of what lies under the package's folder."""

from __future__ import annotations

import re

from installer.inside.components import Component
from installer.inside.licences import has_text, text, text_names
from installer.inside.notices_text import split_copyright

FORMAT = "https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
ON_DEBIAN = {
    "Apache-2.0": "Apache-2.0",
    "CC0-1.0": "CC0-1.0",
    "GPL-2.0": "GPL-2",
    "GPL-3.0": "GPL-3",
    "LGPL-2.0": "LGPL-2",
    "LGPL-2.1": "LGPL-2.1",
    "LGPL-3.0": "LGPL-3",
    "MPL-1.1": "MPL-1.1",
    "MPL-2.0": "MPL-2.0",
}
"""Texts that every Debian system has; a package is not to bring them again."""
HEAD = """\
Format: {form}
Upstream-Name: Panecast
Comment: The texts of all licences, and what each component wants to be said, stand in
 THIRD-PARTY-NOTICES.txt.gz beside this file. Modules of Python are named by their path in the archive that the
 program {folder}/panecast holds, everything else by where it lies.

Files: *
Copyright: {ours}
License: {licence}
"""


def copyright_file(components: tuple[Component, ...], folder: str, ours: str, own: str, licence: str) -> str:
    """Return the file.

    ``folder`` is where the tree lies on the system, without a leading slash; ``ours`` names the holders
    and ``own`` is the text of our own MIT licence; ``licence`` holds for the package as a whole.
    """
    parts = [HEAD.format(form=FORMAT, folder=folder, ours=ours, licence=_short(licence))]
    lie_at = {each.name: each.files for each in components if each.files}
    parts += [_files(each, lie_at.get(each.within, ()), folder) for each in components]
    expressions = sorted({each.licence for each in components} | {licence})
    parts += [_licence(each, own if each == "MIT" else "", components) for each in expressions]
    return "\n".join(parts)


def _files(component: Component, hosts: tuple[str, ...], folder: str) -> str:
    """Return its paragraph; ``hosts`` are the files of what it is a part of."""
    paths = [f"{folder}/{path}" for path in component.files] or [_archived(each) for each in component.modules]
    paths = paths or [f"{folder}/{path}" for path in hosts] or [f"{folder}/panecast"]
    named = "\n ".join(path.replace(" ", "?") for path in paths)
    holders = component.copyright or _holders(component) or (f"the authors of {component.name}",)
    return (
        f"Files: {named}\nCopyright: {_indented(holders)}\nLicense: {_short(component.licence)}\n"
        f"Comment: {component.title}{f', {component.home}' if component.home else ''}\n"
    )


def _archived(top: str) -> str:
    return top if top.endswith(".py") else f"{top}/*"


def _holders(component: Component) -> tuple[str, ...]:
    """Return the lines of its licences that name who holds the rights, a few of them where there are very many."""
    lines = (line.strip(" \t#*/.") for words in component.texts for line in words.splitlines())
    named = (line for line in lines if re.match(r"(?i)(copyright( ©| \(c\)|:)? *.*\d{4}|© *\d{4}|\(c\) *\d{4})", line))
    first = tuple(line for words in component.texts for line in split_copyright(words)[0])
    return tuple(dict.fromkeys(named))[:12] or first


def _indented(lines: tuple[str, ...]) -> str:
    return "\n ".join(re.sub(r"(?i)^(copyright)?[\s:]*(\(c\)|©)?\s*", "", line) or line for line in lines)


def _short(expression: str) -> str:
    """Return a name without blanks or commas that stands for the expression in that file."""
    words = expression.replace("LicenseRef-", "").removeprefix("((").replace(") AND ", ", and ")
    words = words.replace("(", "").replace(")", "")
    return words.replace(" OR ", " or ").replace(" AND ", " and ").replace(" WITH ", " with ")


def _licence(expression: str, own: str, components: tuple[Component, ...]) -> str:
    parts = [own] if own else []
    names = () if own else text_names(expression)
    for name in names:
        if name in ON_DEBIAN:
            parts.append(f"On Debian systems the text of {name} is in /usr/share/common-licenses/{ON_DEBIAN[name]}.")
        elif has_text(name):
            parts.append(text(name))
        else:
            stated = [words for each in components if each.licence == expression for words in each.texts]
            parts.append(min(stated, key=len, default=""))
    words = "\n".join(parts) or "See THIRD-PARTY-NOTICES.txt.gz beside this file."
    lines = [line.rstrip() or "." for line in words.strip().splitlines()]
    return f"License: {_short(expression)}\n" + "\n".join(f" {line}" for line in lines) + "\n"
