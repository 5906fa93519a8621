"""Looks for secrets in what a program leaves behind."""

from __future__ import annotations

import base64
import re
import urllib.parse
from collections.abc import Iterable, Mapping
from pathlib import Path

PROCESS = ("cmdline", "environ")
"""What anybody's ``ps`` may show of a running program."""


def of_process(pid: int) -> dict[str, bytes]:
    """Return what can be seen of a running program."""
    return {name: Path("/proc", str(pid), name).read_bytes() for name in PROCESS}


def on_disk(folder: Path) -> dict[str, bytes]:
    """Return every file but the one that is there to keep links."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "access.json"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def holding(left: Mapping[str, bytes], secrets: Iterable[str]) -> list[str]:
    """Return the names of what holds one of ``secrets``, in whichever way it is written."""
    sought = [form for secret in secrets for form in forms(secret)]
    return [name for name, text in left.items() if any(form.search(text) for form in sought)]


def forms(secret: str) -> list[re.Pattern[bytes]]:
    """Return how a secret may be written; of base64, the part that is the same wherever in a text it stands."""
    plain = secret.encode()
    if secret.isdecimal():
        # A PIN, as one number or as it is read out; in a longer number its digits are chance.
        middle = len(plain) // 2
        return [re.compile(rb"(?<!\d)" + plain[:middle] + rb"\s?" + plain[middle:] + rb"(?!\d)")]
    found = [plain, plain[:-4], urllib.parse.quote(secret, safe="").encode(), plain.hex().encode()]
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + plain)
        found += [whole[4:-4], whole[4:-4].replace(b"+", b"-").replace(b"/", b"_")]
    return [re.compile(re.escape(each)) for each in found]
