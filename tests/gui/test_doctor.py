from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

from gui import doctor

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Qt brings everything it needs")

QT = Path(PySide6.__file__).parent / "Qt"
PARTS = (
    "plugins/platforms/libqxcb.so",
    *(f"lib/libQt6{part}.so.6" for part in ("Core", "DBus", "Gui", "Network", "Svg", "Widgets", "XcbQpa")),
)
EVERYWHERE = {"ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "libc.so.6", "libm.so.6", "libresolv.so.2"}
"""Parts of the C library."""
WITH_PYTHON = {"libstdc++.so.6", "libgcc_s.so.1", "libz.so.1", "libzstd.so.1"}
"""numpy's wheel or Debian's own tools cannot do without these, and Debian's minimal system has them."""
BROTLI = {"libbrotlidec.so.1", "libbrotlicommon.so.1"}
"""Come along with libfreetype6."""


def _linked(path: Path) -> set[str]:
    """Return the libraries that the file ``path`` is linked with, as readelf has them."""
    told = subprocess.run(["readelf", "--dynamic", path], capture_output=True, text=True, check=True).stdout
    return {line.partition("[")[2].rstrip("]") for line in told.splitlines() if "(NEEDED)" in line}


def test_asks_for_exactly_the_libraries_that_the_panel_is_linked_with() -> None:
    linked = set[str]().union(*(_linked(QT / part) for part in PARTS))
    of_qt = {path.name for path in (QT / "lib").iterdir()}

    assert set(doctor.LIBRARIES) == linked - of_qt - EVERYWHERE - WITH_PYTHON - BROTLI


def test_names_the_package_of_a_missing_library_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        doctor, "LIBRARIES", {"libnowhere.so.9": "libnowhere9", "libnothread.so.9": "libnowhere9", "libc.so.6": "libc6"}
    )

    (check,) = doctor.checks()

    assert not check.ok
    assert check.message == "The panel cannot open: libnowhere.so.9, libnothread.so.9 are missing."
    assert check.mend.endswith("sudo apt install libnowhere9")
