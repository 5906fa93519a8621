from __future__ import annotations

import pytest

from installer.freeze.contents import OPENED, extra_libraries, is_wanted, needed

QT = "PySide6/Qt"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (f"{QT}/plugins/platforms/libqxcb.so", True),
        (f"{QT}/plugins/platforms/libqoffscreen.so", True),
        (f"{QT}/plugins/platforms/libqwayland.so", True),
        (f"{QT}/plugins/platforms/libqeglfs.so", False),
        (f"{QT}/plugins/platforms/libqvnc.so", False),
        (f"{QT}/plugins/imageformats/libqsvg.so", True),
        (f"{QT}/plugins/imageformats/libqjpeg.so", False),
        (f"{QT}/plugins/wayland-shell-integration/libxdg-shell.so", True),
        (f"{QT}/plugins/wayland-shell-integration/libivi-shell.so", False),
        (f"{QT}/plugins/platformthemes/libqgtk3.so", False),
        (f"{QT}/translations/qtbase_de.qm", True),
        (f"{QT}/translations/qtbase_fr.qm", False),
        ("PySide6/Qt6Core.dll", True),
        ("PySide6/opengl32sw.dll", False),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/plugins/platforms/qoffscreen.dll", True),
        ("PySide6/plugins/platforms/qdirect2d.dll", False),
        ("PySide6/plugins/imageformats/qsvg.dll", True),
        ("PySide6/plugins/imageformats/qtiff.dll", False),
        ("PySide6/plugins/styles/qmodernwindowsstyle.dll", True),
        ("PySide6/translations/qtbase_de.qm", True),
        ("PySide6/translations/qtbase_fr.qm", False),
        ("icuuc.dll", False),
        ("resources/viewer/index.html", True),
    ],
)
def test_holds_what_the_program_uses(name: str, wanted: bool) -> None:
    assert is_wanted(name) is wanted


def test_libraries_that_nothing_needs_are_left_out() -> None:
    linked = {
        "/wheel/module.so": ["libone.so.1", "libc.so.6"],
        "/usr/libone.so.1": ["libtwo.so.2"],
        "/usr/libtwo.so.2": [],
        "/usr/libgtk.so.3": ["libtwo.so.2"],
        "/wheel/x.libs/libpart-1a2b.so": [],
        "/usr/libpython3.so": [],
        "/usr/libEGL.so.1": [],
        "/qt/libQt6Core.so.6": [],
        "/qt/libQt6Qml.so.6": [],
    }
    entries = [
        ("wheel/module.so", "/wheel/module.so", "EXTENSION"),
        ("libone.so.1", "/usr/libone.so.1", "BINARY"),
        ("libtwo.so.2", "/usr/libtwo.so.2", "BINARY"),
        ("libgtk.so.3", "/usr/libgtk.so.3", "BINARY"),
        ("x.libs/libpart-1a2b.so", "/wheel/x.libs/libpart-1a2b.so", "BINARY"),
        ("libpython3.so", "/usr/libpython3.so", "BINARY"),
        ("libEGL.so.1", "/usr/libEGL.so.1", "BINARY"),
        (f"{QT}/lib/libQt6Core.so.6", "/qt/libQt6Core.so.6", "BINARY"),
        (f"{QT}/lib/libQt6Qml.so.6", "/qt/libQt6Qml.so.6", "BINARY"),
        ("libQt6Core.so.6", f"{QT}/lib/libQt6Core.so.6", "SYMLINK"),
        ("libQt6Qml.so.6", f"{QT}/lib/libQt6Qml.so.6", "SYMLINK"),
    ]
    linked["/wheel/module.so"].append("libQt6Core.so.6")

    kept = [name for name, _, _ in needed(entries, lambda path: [(name, None) for name in linked[path]])]

    assert kept == [
        "wheel/module.so",
        "libone.so.1",
        "libtwo.so.2",
        "libpython3.so",
        "libEGL.so.1",
        f"{QT}/lib/libQt6Core.so.6",
        "libQt6Core.so.6",
    ]


def test_libraries_that_are_opened_by_name_are_found_on_this_machine() -> None:
    assert [name for name, _, _ in extra_libraries()] == list(OPENED)


def test_missing_library_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installer.freeze.contents.OPENED", ("libnowhere.so.9",))

    with pytest.raises(SystemExit, match=r"lacks libnowhere\.so\.9"):
        extra_libraries()
