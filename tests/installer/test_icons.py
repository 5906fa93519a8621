"""The icon in all its forms."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from installer.icons import ICNS_SIZES, ICO_SIZES, MAC_MARGIN, PNG_SIZES, draw, main
from installer.project import APPLICATION, TOP


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("icons")
    # From a folder that is not the project's, as a package's build may do.
    subprocess.run([sys.executable, TOP / "installer" / "icons.py", folder], check=True, cwd=folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_theme_has_each_size(drawn: Path) -> None:
    for edge in PNG_SIZES:
        with Image.open(drawn / f"hicolor/{edge}x{edge}/apps/{APPLICATION}.png") as image:
            assert (image.size, image.mode) == ((edge, edge), "RGBA")
    assert (drawn / f"hicolor/scalable/apps/{APPLICATION}.svg").read_bytes().startswith(b"<svg")


def test_windows_and_macos_get_each_size(drawn: Path) -> None:
    with Image.open(drawn / "panecast.ico") as image:
        assert image.info["sizes"] == {(edge, edge) for edge in ICO_SIZES}
    with Image.open(drawn / "panecast.icns") as image:
        assert {width * scale for width, _, scale in image.info["sizes"]} == set(ICNS_SIZES)


def test_the_same_drawing_gives_the_same_bytes(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["icons", str(tmp_path)])

    assert main() == 0
    assert files(tmp_path) == files(drawn)


@pytest.mark.parametrize("edge", PNG_SIZES)
def test_corners_are_clear_and_the_mark_is_seen(edge: int) -> None:
    image = draw(edge)
    corner = image.getpixel((0, 0))
    lightness = ImageStat.Stat(image.convert("L"), image.getchannel("A").point(lambda value: 255 * (value == 255)))

    assert isinstance(corner, tuple)
    assert corner[3] < 128
    # White lines on blue: in small ones, too, the lightest pixel is white and not a mixture.
    assert lightness.extrema[0][1] >= 250
    assert lightness.stddev[0] > 25


def test_a_mac_has_a_free_edge_around_it() -> None:
    box = draw(1024, MAC_MARGIN).getbbox()

    assert box is not None
    # The drawing has a small edge of its own.
    assert [100 <= side <= 130 for side in (box[0], box[1], 1024 - box[2], 1024 - box[3])] == [True] * 4
