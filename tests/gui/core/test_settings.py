import stat
from pathlib import Path

import pytest

from capture.picture.pixels import Rect
from capture.privacy.masks import Mask
from gui.core.settings import MaskedSource, SavedSource, Settings
from gui.core.settings_file import SettingsFile
from server.private_files import fresh_name

CHANGED = Settings(
    port=9000,
    fps=25,
    quality=55,
    format="webp",
    pointer=False,
    shared=(SavedSource(kind="desktop", id="0"), SavedSource(kind="window", app="xterm", title="build log")),
    masks=(
        MaskedSource(
            source=SavedSource(kind="window", app="xterm", title="build log"),
            masks=(Mask(0.0, 0.25, 0.5, 1.0, 640, 480, "right", "top"), Mask(0.1, 0.1, 0.2, 0.2)),
        ),
    ),
    geometry="AAAA",
    splitter=(300, 600),
    knows_tray=True,
)


def test_first_start_has_the_defaults_and_no_problem(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "new")

    assert Settings() == file.load()
    assert file.problems == ()


def test_everything_comes_back(tmp_path: Path) -> None:
    assert SettingsFile(tmp_path).save(CHANGED) is None

    assert SettingsFile(tmp_path).load() == CHANGED


def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "panecast")
    file.save(CHANGED)

    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert [file.path] == list(file.path.parent.iterdir())


def test_masks_of_an_early_version_are_of_unknown_size(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        '[[masks]]\nsource = {kind = "window", app = "xterm", title = "x"}\n'
        "masks = [{left = 0.25, top = 0.5, right = 0.5, bottom = 0.75}]\n",
        encoding="utf-8",
    )
    file = SettingsFile(tmp_path)
    (mask,) = file.load().masks[0].masks

    assert file.problems == ()
    assert mask == Mask(0.25, 0.5, 0.5, 0.75)
    assert mask.place(640, 480) == Rect(0, 0, 640, 480)


def test_keys_of_other_versions_are_kept(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('port = 9001\nfuture = "x"\n[table]\na = 1\n', encoding="utf-8")
    file = SettingsFile(tmp_path)

    assert file.load().port == 9001
    file.save(CHANGED)

    text = file.path.read_text(encoding="utf-8")
    assert 'future = "x"' in text
    assert "[table]" in text


@pytest.mark.parametrize("content", [b"port = \n", b"\xff\xfe\x00", b"= = ="])
def test_damaged_file_is_kept_aside_and_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "settings.toml").write_bytes(content)
    file = SettingsFile(tmp_path)

    assert Settings() == file.load()
    assert "settings.toml.bak" in file.problems[0]
    assert (tmp_path / "settings.toml.bak").read_bytes() == content


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("port = 0", "port"),
        ("port = 70000", "port"),
        ('port = "8080"', "port"),
        ("fps = 61", "fps"),
        ("quality = 9", "quality"),
        ('format = "gif"', "format"),
        ("shared = 3", "shared"),
        ('shared = [{kind = "planet"}]', "shared"),
        ('masks = [{source = {kind = "demo"}, masks = [{left = 1, top = 0, right = 0, bottom = 1}]}]', "masks"),
    ],
)
def test_bad_value_is_named_and_only_it_falls_back(tmp_path: Path, line: str, name: str) -> None:
    (tmp_path / "settings.toml").write_text(f"{line}\npointer = false\n", encoding="utf-8")
    file = SettingsFile(tmp_path)

    assert Settings(pointer=False) == file.load()
    assert f"“{name}”" in file.problems[0]


@pytest.mark.parametrize(
    "line",
    ["masks = 3", "never_shown = [1]", 'hide_titles = "no"', 'when_locked = ""', "asks_here = 0", 'https = "yes"'],
)
def test_where_what_protects_cannot_be_read_nothing_is_shared(tmp_path: Path, line: str) -> None:
    content = f'{line}\nmode = "network"\nport = 9001\nshared = [{{kind = "desktop", id = "0"}}]\n'
    (tmp_path / "settings.toml").write_text(content, encoding="utf-8")
    file = SettingsFile(tmp_path)

    assert Settings(port=9001) == file.load()
    assert "nothing is shared from last time" in file.problems[1]
    assert file.save(Settings(port=9002)) is None
    text = file.path.read_text(encoding="utf-8")
    assert all(
        each in text for each in (line.split(" ", maxsplit=1)[0], 'mode = "network"', 'kind = "desktop"', "port = 9002")
    )


def test_what_cannot_be_read_now_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SettingsFile(tmp_path).save(CHANGED)
    file = SettingsFile(tmp_path)

    def broken(*args: object) -> int:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as failing:
        failing.setattr("os.open", broken)
        assert Settings() == file.load()
    assert "Input/output error" in file.problems[0]
    assert "not kept" in (file.save(Settings()) or "")
    assert SettingsFile(tmp_path).load() == CHANGED


def test_a_file_behind_a_link_is_read(tmp_path: Path) -> None:
    SettingsFile(tmp_path / "elsewhere").save(CHANGED)
    (tmp_path / "settings.toml").symlink_to(tmp_path / "elsewhere" / "settings.toml")

    assert SettingsFile(tmp_path).load() == CHANGED


def test_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, where a folder should be", encoding="utf-8")

    assert "could not be saved" in (SettingsFile(tmp_path / "taken").save(CHANGED) or "")


def test_what_a_killed_program_left_behind_goes(tmp_path: Path) -> None:
    fresh_name(tmp_path / "settings.toml").write_text("port = ", encoding="utf-8")
    file = SettingsFile(tmp_path)

    assert file.save(CHANGED) is None
    assert file.load() == CHANGED
    assert list(tmp_path.iterdir()) == [file.path]
