"""Settings of every version load, and what another version wrote is there when that one comes back.

`settings_files` holds a file of each commit that changed the settings, written by that commit itself; in ``back`` lies
what it made of ``schema-1.toml``: it read it, set the quality to 66, and saved.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
import tomli_w

from capture.privacy.masks import Mask
from gui.core.settings import DECLARED, MaskedSource, SavedSource, Settings
from gui.core.settings_file import SettingsFile
from gui.settings.policy import Policy
from gui.settings.schema import MIGRATIONS, SCHEMA, migrated, schema_of

FILES = Path(__file__).parent / "settings_files"
WINDOW = {"kind": "window", "id": "", "output": "", "app": "xterm", "title": "build log"}
MASK = {"left": 0.0, "top": 0.25, "right": 0.5, "bottom": 1.0}


def written(folder: Path, **table: Any) -> SettingsFile:
    """Return a file that says ``table``."""
    (folder / "settings.toml").write_bytes(tomli_w.dumps(table).encode())
    return SettingsFile(folder, Policy())


def table_of(file: SettingsFile) -> dict[str, Any]:
    return tomllib.loads(file.path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.glob("*.toml")))
def test_a_file_of_each_version_loads_without_loss(tmp_path: Path, name: str) -> None:
    content = (FILES / name).read_bytes()
    (tmp_path / "settings.toml").write_bytes(content)
    file = SettingsFile(tmp_path, Policy())
    found = file.load()

    assert file.problems == ()
    table = tomllib.loads(content.decode())
    known = {key: DECLARED[key].converted(value) for key, value in table.items() if key != "schema"}
    assert len(known) >= 9
    assert {key: getattr(found, key) for key in known} == known
    # All of them were made to differ from the defaults.
    assert [key for key in known if known[key] == getattr(Settings(), key)] == []

    assert file.save(msgspec.structs.replace(found, quality=66)) is None
    assert known.items() - {("quality", 55)} <= {key: getattr(file.load(), key) for key in known}.items()
    kept = [path.read_bytes() for path in tmp_path.glob("settings.toml.schema-0.bak")]
    assert kept == ([content] if "schema" not in table else [])


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.glob("back/*.toml")))
def test_a_file_of_today_survives_an_older_version(tmp_path: Path, name: str) -> None:
    today = SettingsFile(tmp_path / "today", Policy())
    today.path.parent.mkdir()
    today.path.write_bytes((FILES / "schema-1.toml").read_bytes())
    (tmp_path / "settings.toml").write_bytes((FILES / "back" / name).read_bytes())
    file = SettingsFile(tmp_path, Policy())
    found = file.load()

    assert file.problems == ()
    expected: dict[str, Any] = {"quality": 66}
    if name == "58bf520.toml":
        expected["format"] = "jpeg"  # it wrote over what it did not know
    table = tomllib.loads((FILES / "back" / name).read_text(encoding="utf-8"))
    # Early versions dropped what they did not know within an entry: a monitor's output, to which edge a mask belongs.
    if "output" not in table["shared"][0]:
        expected["shared"] = tuple(msgspec.structs.replace(each, output="") for each in today.load().shared)
    if "across" not in table["masks"][0]["masks"][0]:
        source = today.load().masks[0].source
        expected["masks"] = (MaskedSource(source=source, masks=(Mask(0.0, 0.25, 0.5, 1.0),)),)
    assert found == msgspec.structs.replace(today.load(), **expected)


def test_a_value_of_a_newer_version_is_kept_while_the_default_is_used(tmp_path: Path) -> None:
    file = written(tmp_path, schema=2, format="av2", fps=240, port=9001, future="x", later={"a": 1})
    before = file.path.read_bytes()
    found = file.load()

    assert found == Settings(port=9001)
    assert "newer version" in file.problems[0]
    assert "“fps” and “format”" in file.problems[1]
    assert file.save(found) is None
    assert file.path.read_bytes() == before, "nothing was changed, so nothing was written"

    assert file.save(msgspec.structs.replace(found, port=9002)) is None
    assert table_of(file) == {
        "schema": 2, "format": "av2", "fps": 240, "port": 9002, "future": "x", "later": {"a": 1},
    }  # fmt: skip
    assert (tmp_path / "settings.toml.schema-2.bak").read_bytes() == before


def test_a_value_goes_once_the_person_chooses_another_and_a_copy_stays(tmp_path: Path) -> None:
    file = written(tmp_path, schema=1, format="av2", fps=240)
    before = file.path.read_bytes()
    found = file.load()
    file.save(msgspec.structs.replace(found, format="png"))

    assert (table_of(file)["format"], table_of(file)["fps"]) == ("png", 240)
    assert (tmp_path / "settings.toml.bak").read_bytes() == before


def test_three_copies_are_kept_and_none_is_written_over(tmp_path: Path) -> None:
    for number in range(5):
        file = written(tmp_path, schema=7, port=9000 + number)
        assert file.save(msgspec.structs.replace(file.load(), fps=10 + number)) is None

    copies = sorted(tmp_path.glob("settings.toml.schema-7.bak*"))
    assert [tomllib.loads(path.read_text())["port"] for path in copies] == [9000, 9001, 9002]


def test_going_back_finds_what_this_version_had_set(tmp_path: Path) -> None:
    """A newer version gave fps another form; before it did, it kept a copy."""
    (tmp_path / "settings.toml.schema-1.bak").write_text("schema = 1\nfps = 12\nquality = 40\n", encoding="utf-8")
    file = written(tmp_path, schema=2, fps={"high": 60, "low": 5}, quality=50)

    assert file.load() == Settings(fps=12, quality=50)


def test_entries_of_a_newer_version_and_their_details_are_kept(tmp_path: Path) -> None:
    camera = {"kind": "camera", "id": "/dev/video0"}
    file = written(tmp_path, schema=2, shared=[{**WINDOW, "workspace": 3}, camera])
    found = file.load()
    window = SavedSource(kind="window", app="xterm", title="build log")
    assert found.shared == (window,)

    file.save(msgspec.structs.replace(found, shared=(window, SavedSource(kind="desktop", id="0"))))

    kept = table_of(file)["shared"]
    assert [entry["kind"] for entry in kept] == ["window", "desktop", "camera"]
    assert (kept[0]["workspace"], kept[2]) == (3, camera)


def test_masks_that_cannot_be_read_share_nothing_also_after_others_were_laid(tmp_path: Path) -> None:
    """Those that can be read lie; those that cannot are never forgotten while what they hid is shared again."""
    ellipse = {"source": {"kind": "desktop", "id": "0"}, "masks": [{**MASK, "left": "5%"}]}
    file = written(
        tmp_path, schema=2, mode="network", shared=[{"kind": "desktop", "id": "0"}],
        masks=[{"source": WINDOW, "masks": [MASK]}, ellipse],
    )  # fmt: skip
    found = file.load()
    assert (found.mode, found.shared) == ("here", ())
    assert [masked.source.app for masked in found.masks] == ["xterm"]

    new = MaskedSource(source=SavedSource(kind="demo", id="demo"), masks=(Mask(0.0, 0.0, 1.0, 1.0),))
    file.save(msgspec.structs.replace(found, masks=(*found.masks, new)))

    table = table_of(file)
    assert table["masks"][-1] == ellipse
    assert (table["mode"], table["shared"]) == ("here", [])
    again = file.load()
    assert (again.mode, again.shared, len(again.masks)) == ("here", (), 2)


def test_changes_by_hand_are_taken_up_and_not_written_over(tmp_path: Path) -> None:
    file = written(tmp_path, schema=1, port=9000, fps=20, quality=50)
    settings = file.load()
    file.path.write_text('schema = 1\nport = 9100\nfps = 21\nquality = 50\nnote = "mine"\n', encoding="utf-8")

    assert file.save(msgspec.structs.replace(settings, fps=22)) is None

    table = table_of(file)
    assert (table["port"], table["fps"], table["quality"], table["note"]) == (9100, 22, 50, "mine")
    assert (file.current.port, file.current.fps) == (9100, 22)


def test_a_file_that_is_being_edited_is_left_alone(tmp_path: Path) -> None:
    file = written(tmp_path, schema=1, port=9000)
    settings = file.load()
    file.path.write_text("port = ", encoding="utf-8")

    assert "cannot be read as it is now" in (file.save(settings) or "")
    assert file.path.read_text(encoding="utf-8") == "port = "
    assert "settings.toml.bak" in (file.save(msgspec.structs.replace(settings, fps=22)) or "")
    assert (tmp_path / "settings.toml.bak").read_text(encoding="utf-8") == "port = "
    assert (table_of(file)["port"], table_of(file)["fps"]) == (9000, 22)


def test_migrations_lead_from_each_schema_to_the_present_one() -> None:
    assert len(MIGRATIONS) == SCHEMA
    for number in range(SCHEMA):
        table = {"schema": number, "x": 1} if number else {"x": 1}
        assert schema_of(migrated(table)) == SCHEMA
        assert table.get("schema", 0) == number, "they change nothing that they are given"
    assert migrated({"schema": SCHEMA + 5}) == {"schema": SCHEMA + 5}


@pytest.mark.parametrize("value", ["2", -1, True, 1.5, [1]])
def test_a_number_that_is_none_loses_nothing(tmp_path: Path, value: object) -> None:
    file = written(tmp_path, schema=value, port=9001)

    assert file.load().port == 9001
    assert file.save(Settings(port=9002)) is None
    assert file.load().port == 9002


def test_masks_that_cannot_be_written_again_share_nothing_at_the_next_start_either(tmp_path: Path) -> None:
    deep = "[" * 500 + "]" * 500
    content = f'mode = "network"\nshared = [{{kind = "desktop", id = "0"}}]\nmasks = [{deep}]\n'
    (tmp_path / "settings.toml").write_text(content, encoding="utf-8")
    file = SettingsFile(tmp_path, Policy())
    settings = file.load()
    file.save(msgspec.structs.replace(settings, port=9001))

    again = file.load()
    assert (again.port, again.mode, again.shared) == (9001, "here", ())
    assert content.encode() in [path.read_bytes() for path in tmp_path.glob("settings.toml.*bak*")]
