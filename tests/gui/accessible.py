"""What a screen reader finds in a window, by Qt's own interface for it, and has no name or no role."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QComboBox, QWidget

Role = QAccessible.Role
NAMED = {
    *(Role.Window, Role.Dialog, Role.AlertMessage, Role.PopupMenu, Role.MenuItem),
    *(Role.Button, Role.ButtonMenu, Role.ButtonDropDown, Role.CheckBox, Role.RadioButton, Role.Link),
    *(Role.ComboBox, Role.EditableText, Role.Slider, Role.SpinBox, Role.HotkeyField, Role.ProgressBar, Role.Graphic),
    *(Role.List, Role.ListItem, Role.Table, Role.Tree, Role.TreeItem, Role.ColumnHeader, Role.PageTab),
    *(Role.Document, Role.Chart, Role.Canvas),
}
"""What is announced by its name; all else is read, or only holds others."""
SAYS_VALUE = {Role.ComboBox, Role.EditableText, Role.SpinBox}
"""What Qt gives its value for a name where it has none."""
SAID = re.compile(r"\w")


def unnamed(window: QWidget) -> Iterator[str]:
    """Yield a sentence for each part that can be seen and has no name or no role."""
    root = QAccessible.queryAccessibleInterface(window)
    assert root is not None
    yield from _faults(root, str(window.objectName() or type(window).__name__))


def _faults(part: QAccessibleInterface, path: str) -> Iterator[str]:
    state, role = part.state(), part.role()
    if state.invisible and role not in (Role.Window, Role.Dialog, Role.PopupMenu):
        return
    found = part.object()
    own = f"{type(found).__name__} {found.objectName()}".strip() if found is not None else str(role.name)
    if role == Role.NoRole:
        yield f"{path} › {own}: no role"
    elif role in NAMED and not SAID.search(_name(part)):
        yield f"{path} › {own}: a {role.name} without a name"
    for at in range(part.childCount()):
        child = part.child(at)
        if child is not None:
            yield from _faults(child, f"{path} › {own}" if found is not None else path)


def _name(part: QAccessibleInterface) -> str:
    found = part.object()
    if part.role() not in SAYS_VALUE or not isinstance(found, QWidget):
        return part.text(QAccessible.Text.Name)
    labels = (other for other, kind in part.relations() if kind & QAccessible.RelationFlag.Label)
    told = " ".join(label.text(QAccessible.Text.Name) for label in labels)
    if isinstance(found, QComboBox):
        # Screen readers of Linux are told what is chosen in its place; in one that is typed into, the field has a name.
        field = found.lineEdit()
        return told if field is None else field.accessibleName()
    return found.accessibleName() or told
