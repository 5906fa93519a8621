"""Opens the dialog of all settings, keeps it up to date while it is open, and carries its wishes out and back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from capture.platforms.choose import unkept
from capture.platforms.system import system
from capture.privacy.exclusions import STARTING_LIST
from gui.core.controller import Controller
from gui.core.networks import choice_words, network_words
from gui.core.settings import DECLARED, Settings
from gui.loop.turns import in_turns
from gui.settings.checks import checked
from gui.settings.declared import NOT_CONVERTED, BadSetting, Page
from gui.settings.history import Change, History
from gui.settings.words import label_of, value_words
from resources.translate import _, ngettext
from server.net.interfaces import interfaces

if TYPE_CHECKING:
    from gui.dialogs.settings.dialog import SettingsDialog
    from gui.dialogs.settings.extra import Extra
    from gui.dialogs.settings.list_editor import Offer

MOST_LISTED = 12
"""Changes that a question names."""


class SettingsOpener:
    """Joins controller and dialog. Loop only; there is one dialog at a time, and none before the first is opened.

    What was changed can be taken back for as long as the app runs.
    """

    def __init__(
        self,
        controller: Controller,
        parent: QWidget,
        defaults: Settings,
        change: Callable[[dict[str, Any]], Awaitable[str]],
        extras: Callable[[], Sequence[Extra]] = tuple,
    ) -> None:
        """``change`` has values hold from now on and returns why one cannot; ``extras`` has what stands beside them."""
        self._controller = controller
        self._parent = parent
        self._defaults = defaults
        self._change = change
        self._extras = extras
        self._history = History()
        self._page: Page = "general"
        self._dialog: SettingsDialog | None = None
        self._is_opening = False
        self._beside: Sequence[Extra] = ()
        self._question: QMessageBox | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        controller.subscribe_settings(self.refresh)

    @property
    def dialog(self) -> SettingsDialog | None:
        """Return the one that is open."""
        return self._dialog

    @property
    def window(self) -> QWidget:
        """Return what questions stand before: the dialog, or the panel."""
        return self._dialog or self._parent

    def open(self) -> None:
        """Show the dialog, beside the panel and without holding it."""
        if self._dialog is not None:
            if self._dialog.isVisible():
                self._dialog.raise_()
                self._dialog.activateWindow()
        elif not self._is_opening:
            self._is_opening = True
            in_turns((self._load, self._gather, self._make))

    def _load(self) -> None:
        """Have the dialog's modules loaded, which few need."""
        from gui.dialogs.settings import dialog  # noqa: F401

    def _gather(self) -> None:
        # Whatever comes of it, the next wish begins anew.
        self._is_opening = False
        self._beside = self._extras()
        self._is_opening = True

    def _make(self) -> None:
        from gui.dialogs.settings.dialog import SettingsDialog

        self._is_opening = False
        dialog = self._dialog = SettingsDialog(
            DECLARED,
            self._defaults,
            self._controller.fixed,
            self._offers(),
            self._beside,
            self._parent,
            unkept(system()),
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.wished.connect(self.wish)
        dialog.undo_requested.connect(self.undo)
        dialog.reset_requested.connect(self._reset)
        dialog.finished.connect(self._forget)
        self.refresh()
        dialog.appear()
        dialog.show_page(self._page)

    def wish(self, key: str, value: Any) -> None:
        """Have one setting be another from now on, or say why it cannot."""
        declaration = DECLARED[key]
        try:
            kept = checked(key, declaration.converted(value), self._controller.settings)
            if key in ("certificate", "key") and kept and not Path(kept).is_file():
                raise BadSetting(_("There is no such file."))
        except NOT_CONVERTED as error:
            is_said = isinstance(error, BadSetting)
            self._say(key, str(error) if is_said else _("It has to be {allowed}.").format(allowed=declaration.allowed))
            return
        if key == "shown_anyway" and (new := set(kept) - set(self._controller.settings.shown_anyway)):
            self._ask_to_show(new.pop(), {key: kept})
        else:
            self.change({key: kept}, _("Change: {label}").format(label=label_of(declaration)))

    def change(self, changes: dict[str, Any], words: str) -> None:
        """Have ``changes`` hold from now on; they are taken back together."""
        settings = self._controller.settings
        before = {key: getattr(settings, key) for key, value in changes.items() if getattr(settings, key) != value}
        for key in changes:
            self._say(key, "")
        if before:
            self._history = self._history.with_change(Change(words, before, time.monotonic()))
            self._begin({key: changes[key] for key in before})
        self.refresh()

    def undo(self, key: str = "") -> None:
        """Take back what was done last, to one setting where one is named."""
        self._history, before = self._history.undone(key)
        if before:
            for each in before:
                self._say(each, "")
            self._begin(before)
            self.refresh()

    def refresh(self) -> None:
        """Show how things are."""
        if self._dialog is not None:
            self._dialog.show_settings(self._controller.settings, self._history.keys, self._history.words)

    def translate(self) -> None:
        """Say everything in the language in use, where a dialog is open."""
        if self._dialog is not None:
            self._dialog.translate(self._extras())
            self.refresh()

    def tell(self, words: str) -> None:
        """Say something in the dialog."""
        if self._dialog is not None:
            self._dialog.tell(words)

    def ask(self, headline: str, changes: Mapping[str, Any], verb: str, act: Callable[[], object]) -> None:
        """Ask, without blocking, whether ``changes`` are meant."""
        listed = [
            f"{label_of(DECLARED[key])}: {value_words(DECLARED[key], value)}"
            for key, value in list(changes.items())[:MOST_LISTED]
        ]
        more = len(changes) - len(listed)
        if more:
            listed.append(ngettext("and {count} more", "and {count} more", more).format(count=more))
        question = self.box(headline, "\n".join(f"• {line}" for line in listed))
        question.setDefaultButton(answers(question, _("Cancel"), verb))
        question.accepted.connect(act)
        question.open()

    async def close(self) -> None:
        """Carry out nothing more."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _reset(self, key: str) -> None:
        if key:
            words = _("Reset: {label}").format(label=label_of(DECLARED[key]))
            self.change({key: getattr(self._defaults, key)}, words)
        elif self._dialog is not None and (keys := self._dialog.changed_keys()):
            changes, count = {each: getattr(self._defaults, each) for each in keys}, len(keys)
            headline = ngettext("Reset {count} setting?", "Reset {count} settings?", count).format(count=count)
            self.ask(headline, changes, _("Reset all"), lambda: self.change(changes, _("Reset all")))

    def _ask_to_show(self, program: str, changes: dict[str, Any]) -> None:
        question = self.box(
            _("Show windows of “{program}”?").format(program=program),
            _("Programs of this kind keep passwords and keys. Viewers of the whole desktop would see them."),
        )
        question.setIcon(QMessageBox.Icon.Warning)
        question.setDefaultButton(answers(question, _("Keep hidden"), _("Show anyway")))
        words = _("Change: {label}").format(label=label_of(DECLARED["shown_anyway"]))
        question.accepted.connect(lambda: self.change(changes, words))
        question.open()

    def box(self, headline: str, words: str) -> QMessageBox:
        """Return a question, without buttons."""
        question = self._question = QMessageBox(self.window)
        question.setObjectName("settingsQuestion")
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setIcon(QMessageBox.Icon.Question)
        question.setWindowTitle(_("Settings"))
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setText(headline)
        question.setInformativeText(words)
        return question

    def _begin(self, changes: dict[str, Any]) -> None:
        task = asyncio.get_running_loop().create_task(self._carry_out(changes), name="a setting")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, changes: dict[str, Any]) -> None:
        problem = await self._change(changes)
        self.refresh()
        if problem:
            self._say(next(iter(changes)), problem)

    def _say(self, key: str, problem: str) -> None:
        if self._dialog is not None:
            self._dialog.say(key, problem)

    def _offers(self) -> dict[str, Offer]:
        return {
            "interface": _networks,
            "start_networks": lambda: [(network_words(each), network_words(each)) for each in interfaces()],
            "never_shown": partial(_running, self._controller),
            "shown_anyway": lambda: [(each, each) for each in STARTING_LIST],
        }

    def _forget(self) -> None:
        if self._dialog is not None:
            self._page = self._dialog.page
        self._dialog = None


def answers(question: QMessageBox, keep: str, act: str) -> Any:
    """Give a question its two buttons; return the one that changes nothing."""
    kept = question.addButton(keep, QMessageBox.ButtonRole.RejectRole)
    kept.setObjectName("keepSettings")
    question.addButton(act, QMessageBox.ButtonRole.AcceptRole).setObjectName("changeSettings")
    question.setEscapeButton(kept)
    return kept


def _networks() -> Sequence[tuple[str, object]]:
    found: dict[str, str] = {}
    for each in interfaces():
        found.setdefault(each.name, choice_words(each))
    return [(_("None chosen"), ""), *((words, name) for name, words in found.items())]


def _running(controller: Controller) -> Sequence[tuple[str, object]]:
    apps = {row.source.app for row in controller.state.sources if row.source.kind == "window" and row.source.app}
    return [(each, each) for each in sorted(apps, key=str.casefold)]
