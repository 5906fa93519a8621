"""Windows that no picture may hold: our own, and those of programs that keep secrets. Knows names, not windows."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from capture.events import Listeners
from capture.source import Unsubscribe

STARTING_LIST = (
    # Password managers.
    "1password", "bitwarden", "buttercup", "dashlane", "enpass", "keepass", "keeweb", "lastpass", "nordpass",
    "padloc", "password safe", "passwordsafe", "pwsafe", "passky", "proton pass", "protonpass", "qtpass", "roboform",
    "world secrets", "keyguard", "kpcli",
    "keychain access", "com apple passwords",
    # Authenticators.
    "authenticator", "authy", "ente auth", "enteauth", "yubico", "yubioauth", "otpclient", "numberstation",
    # Programs that ask for passwords, and keep keys.
    "seahorse", "gnome keyring", "gcr prompter", "gcr viewer", "pinentry", "kwallet", "ksshaskpass", "ssh askpass",
    "openssh askpass", "kleopatra",
    # Those who ask before something is done with the administrator's rights.
    "polkit", "lxpolkit", "lxqt policykit", "xfce polkit", "mate polkit", "pkexec", "kdesu", "gksu", "lxqt sudo",
    "consent exe", "consent ui", "credentialuibroker", "credential manager ui", "logonui", "securityagent",
)  # fmt: skip
"""Programs that are never shown unless a person says otherwise."""


@dataclass(frozen=True, slots=True)
class ExclusionRules:
    """Whose windows are kept out of every picture.

    Attributes:
        programs: names of programs or of window classes. Capitals and what stands between words do not count, and
            a last word may be cut: ``ente auth`` is also ``io.ente.auth`` and ``Ente-Authenticator``, but
            ``enpass`` is not ``openpass``.
        pid: our own process, None to show its windows as well.
        masked: numbers of windows that have masks. By themselves they are shown, beneath their masks; pictures of the
            screen hold nothing of them.
    """

    programs: tuple[str, ...] = STARTING_LIST
    pid: int | None = field(default_factory=os.getpid)
    masked: frozenset[int] = frozenset()

    def names_one_of(self, names: Iterable[str]) -> bool:
        """Tell whether one of ``names``, of a program or a window's class, is on the list."""
        listed = _listed(self.programs)
        return listed is not None and any(listed.search(name.casefold()) for name in names)


class Exclusions:
    """The programs that are never shown, as it is now. Changed on the loop, read by any thread.

    Attributes:
        rules: a frozen value, swapped whole.
    """

    def __init__(self, rules: ExclusionRules | None = None) -> None:
        self.rules = ExclusionRules() if rules is None else rules
        self._listeners = Listeners()

    def set_rules(self, rules: ExclusionRules) -> None:
        """Hold to ``rules`` from the next picture on."""
        if rules != self.rules:
            self.rules = rules
            self._listeners.tell()

    def subscribe(self, changed: Callable[[], None]) -> Unsubscribe:
        """Have ``changed()`` called on the loop after each change; return what ends that."""
        return self._listeners.subscribe(changed)


@functools.lru_cache(maxsize=4)
def _listed(programs: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return what finds one of ``programs`` in a name without capitals, None for an empty list."""
    words = [re.findall(r"[^\W_]+", program.casefold()) for program in programs]
    # A program without a word in it would be found in every name.
    ways = [r"[\W_]+".join(map(re.escape, each)) for each in words if each]
    return re.compile(r"(?<![^\W_])(?:" + "|".join(ways) + ")") if ways else None
