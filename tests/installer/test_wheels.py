"""The wheels that Panecast is made with, as they are installed here: a new one must not bring what nobody knows."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sysconfig
from pathlib import Path

import av
import PIL.features
import pytest
from cryptography.hazmat.backends.openssl.backend import backend
from packaging.requirements import Requirement

from installer.inside.components import Component, components_of, gpl_in
from installer.inside.installed import OURS, Installation, normalised
from installer.notices import python_of

MODULES = Path(sysconfig.get_path("purelib"))
NO_VERSION = {
    # They are compiled into others without a word of their version.
    "Adobe Glyph List For New Fonts",
    "Apache Tika MIME type definitions",
    "BLAKE2",
    "Easing equations, strtoll and strtoull in Qt",
    "Emoji Segmenter",
    "FreeType",
    "HarfBuzz",
    "Hash functions in Qt",
    "MD4C",
    "Memory allocators for Vulkan and Direct3D 12",
    "Pixman in Qt",
    "Public Suffix List",
    "Smooth scaling in Qt",
    "TinyCBOR",
    "Unicode Character Database and CLDR",
    "Wayland protocols",
    "XCB-XInput",
    "XSVG",
    "dav1d",
    "double-conversion",
    "forkfd",
    "libffi",
    "libpsl lookup",
    "libwebp",
    "libyuv",
    "sRGB colour profile",
    "zlib",
}


def wanted() -> set[str]:
    """Return the names of all that ``panecast[video]`` needs here."""
    names: set[str] = set()
    waiting = [(OURS, "video")]
    while waiting:
        name, extra = waiting.pop()
        for line in importlib.metadata.requires(name) or ():
            requirement = Requirement(line)
            is_needed = requirement.marker is None or requirement.marker.evaluate({"extra": extra})
            if is_needed and normalised(requirement.name) not in names:
                names.add(normalised(requirement.name))
                waiting.append((requirement.name, ""))
    return names


@pytest.fixture(scope="module")
def components(tmp_path_factory: pytest.TempPathFactory) -> tuple[Component, ...]:
    """Lay out what the wheels brought, and nothing of what only tests need."""
    tree = tmp_path_factory.mktemp("wheels") / "tree"
    installation = Installation((MODULES,))
    names = wanted()
    for each in installation.all:
        for path in each.files if each.key in names else ():
            target = tree / path
            if not target.exists() and (MODULES / path).is_file() and not path.endswith(".pyc"):
                target.parent.mkdir(parents=True, exist_ok=True)
                _put(MODULES / path, target)
    return components_of(tree, installation, python_of(MODULES))


def _put(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def test_every_distribution_and_every_library_in_it_is_named(components: tuple[Component, ...]) -> None:
    names = {each.name for each in components}

    assert wanted() <= {normalised(name) for name in names}
    assert {"FFmpeg", "x264", "x265", "SVT-AV1", "libvpx", "OpenBLAS and LAPACK", "GCC runtime libraries"} <= names
    assert {"Qt", "ICU", "OpenSSL", "libjpeg-turbo", "libtiff", "OpenJPEG", "Little CMS", "Brotli", "libxcb"} <= names
    assert {each.within for each in components if each.name == "libjpeg-turbo"} >= {"simplejpeg", "pillow"}


def test_versions_are_those_that_the_libraries_say_themselves(components: tuple[Component, ...]) -> None:
    versions = {(each.name, each.within): each.version for each in components}

    assert versions["FFmpeg", "av"] == av.ffmpeg_version_info
    assert versions["OpenSSL", "cryptography"] == backend.openssl_version_text().split()[1]
    of_pillow = {
        "FreeType": "freetype2",
        "HarfBuzz": "harfbuzz",
        "OpenJPEG": "jpg_2000",
        "libavif": "avif",
        "libjpeg-turbo": "libjpeg_turbo",
        "libraqm": "raqm",
        "libtiff": "libtiff",
        "libwebp": "webp",
        "zlib-ng": "zlib_ng",
    }
    for name, feature in of_pillow.items():
        said = PIL.features.version(feature)
        assert said is None or versions[name, "pillow"] == said, name


def test_every_component_has_a_version(components: tuple[Component, ...]) -> None:
    assert {each.name for each in components if not each.version} <= NO_VERSION


def test_only_known_parts_are_under_the_gpl(components: tuple[Component, ...]) -> None:
    assert {each.name for each in gpl_in(components)} == {"Qt modules without the LGPL", "x264", "x265"}
