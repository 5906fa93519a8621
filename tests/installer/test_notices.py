"""What is said to be inside a package: every library with version and licence, and nothing under the GPL by mistake."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from installer.inside.catalogue import catalogue
from installer.inside.components import Component, Python, components_of, gpl_in
from installer.inside.dep5 import copyright_file
from installer.inside.installed import Installation
from installer.inside.licences import NoticeError, text, text_names
from installer.inside.notices_text import notices, split_copyright
from installer.inside.sbom import bill
from installer.notices import main, python_of
from installer.project import HOMEPAGE, VERSION
from tests.installer.made_tree import Made

PYTHON = Python("3.11.7", "The licence of Python\n")


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "made")


def found_in(made: Made) -> tuple[Component, ...]:
    tables = made.tables() if made.toc or made.archived else ()
    return components_of(made.tree, Installation((made.modules,)), PYTHON, tables)


def run(made: Made, *more: str) -> int:
    tables = [str(table) for table in made.tables()] if made.toc else []
    out = made.folder / "out"
    return main(
        [
            *("--tree", str(made.tree), "--python", str(made.modules), *(["--toc", *tables] if tables else [])),
            *("--out-notices", str(out / "notices.txt"), "--out-sbom", str(out / "sbom.json")),
            *("--out-copyright", str(out / "copyright"), "--epoch", "1700000000", *more),
        ]
    )


def test_a_library_that_nobody_knows_is_an_error_that_names_file_and_place(made: Made) -> None:
    made.distribution("numpy", "numpy.libs/libmystery.so.3")
    made.library("numpy.libs/libmystery.so.3")
    with pytest.raises(NoticeError) as error:
        found_in(made)

    assert "numpy.libs/libmystery.so.3" in str(error.value)
    assert "installer/notices.toml" in str(error.value)


@pytest.mark.parametrize("name", ["libmystery.dll", "libmystery.dylib", "libmystery-1234abcd.so.1.2.3", "helper"])
def test_libraries_of_all_systems_are_looked_at(made: Made, name: str) -> None:
    beginning = {"dll": b"MZ", "dylib": b"\xcf\xfa\xed\xfe"}.get(name.rpartition(".")[2], b"\x7fELF")
    (made.tree / name).write_bytes(beginning + b"...")
    with pytest.raises(NoticeError, match=re.escape(name)):
        found_in(made)


def test_modules_of_a_distribution_need_no_entry_of_their_own(made: Made) -> None:
    module = "fast/_speed.cpython-311-x86_64-linux-gnu.so"
    made.distribution("fast", "fast/__init__.py", module)
    made.library(f"_internal/{module}")

    (component,) = found_in(made)
    assert (component.name, component.files) == ("fast", (f"_internal/{module}",))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("av.libs/avcodec-62-984de33114b7fa384296817dec999c9d.dll", {"FFmpeg"}),
        ("av.libs/libx264-165-f3a909470ddc2d85ed21eda3d0fb7954.dll", {"x264"}),
        ("av/.dylibs/libx264.165.dylib", {"x264"}),
        ("numpy.libs/msvcp140-a4c2229bdc2a2a630acdc095b4d86008.dll", {"Microsoft Visual C++ Runtime"}),
        ("pywin32_system32/pywintypes313.dll", set()),
        ("PIL/_webp.cp313-win_amd64.pyd", {"libwebp"}),
        ("PySide6/Qt6Svg.dll", {"Qt", "XSVG"}),
        ("PySide6/Qt/lib/QtSvg.framework/Versions/A/QtSvg", {"Qt", "XSVG"}),
        ("PySide6/plugins/platforms/qwindows.dll", {"Qt"}),
        ("shiboken6/shiboken6.abi3.dll", set()),
    ],
)
def test_libraries_are_known_by_their_names_on_windows_and_macos(made: Made, path: str, expected: set[str]) -> None:
    made.distribution("wheel", path)
    made.library(path)

    assert {each.name for each in found_in(made)} == {"wheel"} | expected


def test_version_is_read_from_the_file_itself(made: Made) -> None:
    made.distribution("av", "av.libs/libavutil-5809ad29.so.60.26.102", "av.libs/libvpx-edb6de90.so.12.0.0")
    made.library("av.libs/libavutil-5809ad29.so.60.26.102", b"abcFFmpeg version 8.1.2\0")
    made.library("av.libs/libvpx-edb6de90.so.12.0.0", b"nothing to be read")

    assert {each.name: each.version for each in found_in(made)} == {
        "FFmpeg": "8.1.2",
        "av": "1.0",
        "libvpx": "interface 12.0.0",
    }


def test_what_is_compiled_in_is_named_too(made: Made) -> None:
    module = "cryptography/hazmat/bindings/_rust.abi3.so"
    made.distribution("cryptography", "cryptography/__init__.py", module)
    sbom = made.modules / "cryptography-1.0.dist-info/sboms/rust.json"
    sbom.parent.mkdir()
    crate = {"name": "asn1", "version": "0.24.1", "purl": "pkg:cargo/asn1@0.24.1", "licenses": [{"expression": "MIT"}]}
    helper = crate | {"name": "cc", "purl": "pkg:cargo/cc@1.4.0", "scope": "excluded"}
    sbom.write_text(json.dumps({"components": [crate, helper]}), encoding="utf-8")
    with (made.modules / "cryptography-1.0.dist-info/RECORD").open("a", encoding="utf-8") as record:
        record.write("cryptography-1.0.dist-info/sboms/rust.json,,\n")
    made.library(f"_internal/{module}", b"OpenSSL 4.0.3 29 Sep 2026\0")

    inside = {each.name: each.version for each in found_in(made) if each.within == "cryptography"}
    assert inside == {"OpenSSL": "4.0.3", "asn1": "0.24.1"}


def test_the_same_library_in_two_wheels_is_named_twice(made: Made) -> None:
    for name in ("pillow", "av"):
        made.distribution(name, f"{name}.libs/libXau-154567c4.so.6.0.0")
        made.library(f"{name}.libs/libXau-154567c4.so.6.0.0")

    assert [each.within for each in found_in(made) if each.name == "libXau"] == ["av", "pillow"]


def test_a_stub_in_place_of_a_library_is_not_named(made: Made) -> None:
    made.distribution("av", "av.libs/libx265-f5385bb8.so.216")
    made.library("av.libs/libx265-f5385bb8.so.216", b"\0panecast-stub: x265\0")

    assert [each.name for each in found_in(made)] == ["av"]


def test_links_within_the_tree_are_not_further_copies(made: Made) -> None:
    made.distribution("numpy", "numpy.libs/libgfortran-1.so.5.0.0")
    made.library("_internal/numpy.libs/libgfortran-1.so.5.0.0")
    (made.tree / "_internal/libgfortran-1.so.5.0.0").symlink_to("numpy.libs/libgfortran-1.so.5.0.0")

    assert [each.files for each in found_in(made) if each.within] == [("_internal/numpy.libs/libgfortran-1.so.5.0.0",)]


def test_modules_in_the_archive_are_known_from_the_tables(made: Made) -> None:
    made.frozen()
    made.distribution(
        "segno", "segno/__init__.py", metadata="License: BSD", licence="Copyright (c) 2016 Lars\n\nBe kind."
    )
    made.distribution("unused", "unused.py")
    made.module("segno/__init__.py")

    assert [each.name for each in found_in(made)] == ["CPython", "pyinstaller", "segno"]


def test_a_frozen_program_without_its_tables_is_refused(made: Made) -> None:
    made.frozen()
    with pytest.raises(NoticeError, match="--toc"):
        components_of(made.tree, Installation((made.modules,)), PYTHON)


def test_a_table_that_is_none_is_said_by_name(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    table = made.folder / "COLLECT-00.toc"
    table.write_text("not a table (", encoding="utf-8")

    assert main(["--tree", str(made.tree), "--python", str(made.modules), "--toc", str(table)]) == 1
    assert str(table) in capsys.readouterr().err


def test_a_distribution_without_a_licence_is_an_error(made: Made) -> None:
    made.frozen()
    made.distribution("murky", "murky.py", metadata="License: see website")
    made.module("murky.py")
    with pytest.raises(NoticeError, match=r"murky 1\.0.*installer/notices\.toml"):
        found_in(made)


@pytest.mark.parametrize(
    ("path", "is_refused"),
    [
        ("av.libs/libx264-d6533a8d.so.165", True),
        ("_internal/libreadline.so.8", True),
        ("_internal/python3.11/lib-dynload/readline.cpython-311-x86_64-linux-gnu.so", True),
        ("_internal/PySide6/Qt/lib/libQt6WaylandCompositor.so.6", True),
        ("_internal/PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so", True),
        ("_internal/PySide6/Qt/lib/libQt6WaylandClient.so.6", False),
        ("_internal/numpy.libs/libgfortran-1.so.5.0.0", False),
        ("_internal/libdbus-1.so.3", False),
        ("_internal/libfreetype.so.6", False),
    ],
)
def test_what_is_under_the_gpl_alone_is_refused(
    made: Made, path: str, is_refused: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    made.library(path)

    assert run(made) == int(is_refused)
    assert (path in capsys.readouterr().err) == is_refused
    assert (made.folder / "out").exists() != is_refused
    assert run(made, "--video") == 0


def test_the_freezer_s_exception_is_heard(made: Made) -> None:
    made.frozen()

    assert gpl_in(found_in(made)) == ()
    assert run(made) == 0


def test_modules_under_the_lgpl_have_to_lie_as_files(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    made.frozen()
    made.distribution("python-xlib", "Xlib/__init__.py", metadata="License: LGPLv2+")
    made.module("Xlib/__init__.py")
    assert run(made) == 1
    assert "python-xlib" in capsys.readouterr().err
    made.toc.append(("Xlib/__init__.py", str(made.modules / "Xlib/__init__.py"), "DATA"))
    made.archived.clear()

    assert run(made) == 0
    assert "python-xlib 1.0" in (made.folder / "out/notices.txt").read_text(encoding="utf-8")


def test_the_video_package_says_that_it_is_under_the_gpl(made: Made) -> None:
    made.library("av.libs/libx264-d6533a8d.so.165")
    made.library("av.libs/libavcodec-5e6b81c2.so.62.28.102")
    assert run(made, "--video") == 0
    out = made.folder / "out"
    words = (out / "notices.txt").read_text(encoding="utf-8")

    assert "under the GNU General Public License, version 3 or later, as a whole: x264 allow no other" in " ".join(
        words.split()
    )
    assert f"{HOMEPAGE}/download/{VERSION}/source/" in words
    assert "x264 165 — GPL-2.0-or-later" in words
    for name in ("GPL-2.0", "GPL-3.0", "LGPL-3.0"):
        assert text(name).strip() in words
    sbom = json.loads((out / "sbom.json").read_text(encoding="utf-8"))
    assert sbom["metadata"]["component"]["licenses"] == [{"expression": "GPL-3.0-or-later"}]
    assert "Files: *\nCopyright: Panecast contributors\nLicense: GPL-3.0-or-later\n" in (out / "copyright").read_text()


def test_a_text_that_several_share_stands_once_below_the_names_of_all(made: Made) -> None:
    body = "Permission is hereby granted to everybody, for ever.\n"
    for name, holder in (("first", "Copyright (c) 2001 Ann"), ("second", "Copyright (c) 2002 Bob")):
        made.distribution(name, f"{name}.py", licence=f"MIT License\n\n{holder}\n\n{body}")
        made.module(f"{name}.py")
    made.frozen()
    words = notices(found_in(made), "Panecast 1")

    assert words.count(body) == 1
    before = words[: words.index(body)]
    assert before.index("first 1.0\n    Copyright (c) 2001 Ann\nsecond 1.0\n    Copyright (c) 2002 Bob")


def test_only_lines_that_name_holders_are_taken_out_of_a_licence() -> None:
    words = (
        "Copyright © 2010 by Jeff\nAll rights reserved.\n\nThe copyright notice has to stay.\nCopyright permission is"
    )

    lines, rest = split_copyright(words)
    assert lines == ("Copyright © 2010 by Jeff", "All rights reserved.")
    assert rest == "The copyright notice has to stay.\nCopyright permission is"


def test_qt_brings_the_texts_that_its_wheels_lack(made: Made) -> None:
    made.library("_internal/PySide6/Qt/lib/libQt6Core.so.6", b"Qt 6.11.3 (x86_64")
    words = notices(found_in(made), "Panecast 1")

    assert "Qt 6.11.3 — LGPL-3.0-only" in words
    assert text("LGPL-3.0").strip() in words
    assert text("GPL-3.0").strip() in words
    assert "may be replaced" in words


def test_the_same_tree_makes_the_same_bytes(made: Made, tmp_path: Path) -> None:
    other = Made(tmp_path / "other")
    names = ["_internal/libz.so.1", "_internal/libdbus-1.so.3", "_internal/libXau.so.6"]
    for each, order in ((made, names), (other, names[::-1])):
        for name in order:
            each.library(name)
        assert run(each) == 0
    outs = [{file.name: file.read_bytes() for file in (each.folder / "out").iterdir()} for each in (made, other)]

    assert outs[0] == outs[1]
    assert set(outs[0]) == {"notices.txt", "sbom.json", "copyright"}
    first = json.loads(outs[0]["sbom.json"])
    assert first["metadata"]["timestamp"] == "2023-11-14T22:13:20+00:00"
    other.library("_internal/libX11.so.6")
    run(other)
    assert json.loads((other.folder / "out/sbom.json").read_text())["serialNumber"] != first["serialNumber"]


def test_the_bill_keeps_to_the_schema_and_says_what_brings_what(made: Made) -> None:
    made.distribution("pillow", "pillow.libs/libtiff-20b7e810.so.6.3.0")
    made.library("pillow.libs/libtiff-20b7e810.so.6.3.0", b"LIBTIFF, Version 4.7.2\n")
    words = bill(found_in(made), "panecast", "1", "MIT", 0)

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(words) is None
    content = json.loads(words)
    (tiff,) = [each for each in content["components"] if each["name"] == "libtiff"]
    assert (tiff["version"], tiff["purl"]) == ("4.7.2", "pkg:generic/libtiff@4.7.2")
    assert tiff["licenses"] == [{"expression": "libtiff"}]
    depends = {each["ref"]: each.get("dependsOn", []) for each in content["dependencies"]}
    assert depends["panecast"] == ["pkg:pypi/pillow@1.0"]
    assert depends["pkg:pypi/pillow@1.0"] == [tiff["bom-ref"]]


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="no Debian")
def test_a_library_of_the_build_machine_has_its_package_s_version_and_text(made: Made) -> None:
    source = next(Path("/lib").glob("*-linux-*/libz.so.1"))
    made.library("_internal/libz.so.1", source=source)
    (component,) = found_in(made)
    version = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Version}", "zlib1g"], capture_output=True, text=True, check=True
    ).stdout

    assert (component.name, component.version, component.licence) == ("zlib1g", version, "Zlib")
    assert component.purl.startswith(f"pkg:deb/debian/zlib1g@{version}?arch=")
    assert "Jean-loup Gailly" in component.texts[0]


def test_debian_s_file_has_a_paragraph_for_every_licence_that_it_names(made: Made) -> None:
    made.frozen()
    made.library("_internal/libcairo.so.2")
    made.library("_internal/PySide6/Qt/lib/libQt6Core.so.6")
    made.distribution("fast", "fast/__init__.py", metadata="License-Expression: Apache-2.0 AND MIT")
    made.module("fast/__init__.py")
    words = copyright_file(found_in(made), "usr/lib/panecast", "Somebody", "Our own words\n\nin two parts", "MIT")
    paragraphs = [dict(re.findall(r"^(\w+): (.*)", each, re.MULTILINE)) for each in words.split("\n\n")]

    used = {each["License"] for each in paragraphs if "Files" in each}
    explained = {each["License"] for each in paragraphs if "Files" not in each and "License" in each}
    assert used == explained
    assert "LGPL-2.1-only or MPL-1.1" in used
    assert "\nLicense: MIT\n Our own words\n .\n in two parts\n" in words
    assert "Files: fast/*\n" in words
    assert "/usr/share/common-licenses/LGPL-3" in words


@pytest.mark.skipif(shutil.which("lintian") is None, reason="lintian is not here")
@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no Debian")
@pytest.mark.parametrize("more", [(), ("--video",)])
def test_lintian_has_nothing_against_debian_s_file(made: Made, more: tuple[str, ...]) -> None:
    made.frozen()
    for name in ("libcairo.so.2", "libdbus-1.so.3", "PySide6/Qt/lib/libQt6Core.so.6", "libtiff.so.6", "libgmp.so.10"):
        made.library(f"_internal/{name}")
    if more:
        made.library("_internal/av.libs/libx264-d6533a8d.so.165")
    assert run(made, *more) == 0
    root = made.folder / "deb"
    documents = root / "usr/share/doc/panecast"
    documents.mkdir(parents=True)
    shutil.copy(made.folder / "out/copyright", documents)
    (root / "DEBIAN").mkdir()
    fields = (
        "Package: panecast",
        "Version: 1",
        "Architecture: all",
        "Maintainer: Ann <a@example.org>",
        "Description: x",
    )
    (root / "DEBIAN/control").write_text("\n".join(fields) + "\n")
    package = made.folder / "panecast.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", root, package], check=True, capture_output=True)
    done = subprocess.run(["lintian", "--allow-root", package], capture_output=True, text=True, check=False)

    assert [line for line in done.stdout.splitlines() if "copyright" in line] == []


def test_every_entry_has_a_licence_that_is_one_and_its_text() -> None:
    licensing = pytest.importorskip("license_expression").get_spdx_licensing()
    stated = [(each.name, each.licence) for each in catalogue().library] + list(catalogue().distribution.items())

    unknown = {
        name: key for name, licence in stated for key in licensing.unknown_license_keys(licence) if "Ref-" not in key
    }
    assert unknown == {}
    assert all(text(name) for _, licence in stated for name in text_names(licence))
    assert [each.name for each in catalogue().library if not each.copyright or not each.home.startswith("http")] == []
    assert [each.name for each in catalogue().library if re.compile(each.version).groups > 1] == []


def test_python_is_that_of_the_environment(tmp_path: Path) -> None:
    modules = tmp_path / "env/lib/python3.12/site-packages"
    modules.mkdir(parents=True)
    home = tmp_path / "base"
    (home / "lib/python3.12").mkdir(parents=True)
    (home / "lib/python3.12/LICENSE.txt").write_text("words", encoding="utf-8")
    (tmp_path / "env/pyvenv.cfg").write_text(f"home = {home}/bin\nversion = 3.12.1\n", encoding="utf-8")

    assert python_of(modules) == Python("3.12.1", "words")
    assert python_of(modules, "3.13.0").version == "3.13.0"
