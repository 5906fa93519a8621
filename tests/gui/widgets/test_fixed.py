from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from gui.core.access_state import AccessViewState
from gui.core.settings import DECLARED
from gui.core.state import AppState
from gui.dialogs.encryption import EncryptionWindow
from gui.dialogs.fixed_parts import fixed_parts
from gui.dialogs.privacy import PrivacyDialog
from gui.panel.window import Panel
from gui.settings.policy import FIXED_WORDS
from gui.verbs import Verbs
from gui.widgets.fixed import fix
from gui.widgets.icons import Icons

pytestmark = pytest.mark.panel


def test_a_fixed_setting_cannot_be_changed_in_the_panel_whatever_else_happens(qtbot: QtBot, icons: Icons) -> None:
    verbs = Verbs(icons)
    panel, window, privacy = Panel(icons, verbs), EncryptionWindow(), PrivacyDialog()
    for each in (panel, window, privacy):
        qtbot.addWidget(each)
    by_key = fixed_parts(panel) | dict(privacy.parts())
    by_key["https"] += (window.switch,)
    parts = [part for some in by_key.values() for part in some]
    fix(parts)

    panel.show_state(AppState())
    panel.show_access(AccessViewState())

    assert [part.objectName() for part in parts if part.isEnabled() or part.toolTip() != FIXED_WORDS] == []
    # The others are in the dialog of all settings alone.
    assert by_key.keys() - {"tells_reminder"} <= {key for key, each in DECLARED.items() if not each.is_own}


def test_a_fixed_entry_of_a_menu_says_why(qtbot: QtBot) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    action = QAction("Encrypt", menu)
    menu.addAction(action)
    fix([action])

    assert not action.isEnabled()
    assert menu.toolTipsVisible()
