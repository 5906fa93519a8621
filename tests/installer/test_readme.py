"""What the README says of downloads: of this version, and of files that are made."""

from __future__ import annotations

import re

import pytest

from installer.project import HOMEPAGE, TOP, VERSION, own_releases

README = (TOP / "README.md").read_text(encoding="utf-8")
DOWNLOAD = README.partition("## Download\n")[2].partition("\n## ")[0]
MADE = (
    f"panecast_{VERSION}_amd64.deb",
    f"panecast-{VERSION}-1.x86_64.rpm",
    f"panecast-{VERSION}-1-x86_64.pkg.tar.zst",
    f"panecast-{VERSION}-linux-x86_64.tar.gz",
    f"panecast-{VERSION}-x86_64.AppImage",
    f"panecast-video-{VERSION}-x86_64.AppImage",
    f"panecast-{VERSION}-setup.exe",
    f"panecast-{VERSION}-windows-x64.zip",
    f"panecast-{VERSION}-macos-arm64.dmg",
    f"panecast-{VERSION}-py3-none-any.whl",
)


def test_download_comes_first_behind_one_sentence_and_the_picture() -> None:
    before = README.partition("## Download\n")[0]

    assert re.search(r"^!\[.*\]\(docs/pictures/panel\.png\)$", before, re.MULTILINE)
    assert "\n## " not in before


def test_every_file_is_of_this_version_and_is_named_as_it_is_made() -> None:
    named = set(
        re.findall(r"\bpanecast(?:-video)?[-_]\d[\w.-]*\.(?:deb|rpm|zst|gz|AppImage|exe|zip|dmg|whl)", DOWNLOAD)
    )

    assert named == set(MADE)
    assert set(re.findall(r"\d+\.\d+\.\d+", DOWNLOAD)) == {VERSION}
    assert f"`{HOMEPAGE}/download/{VERSION}/`" in DOWNLOAD


def test_it_says_whether_this_version_is_out() -> None:
    is_out = own_releases()[0].day is not None

    assert (f"Version {VERSION} is not out yet." in DOWNLOAD) != is_out


@pytest.mark.parametrize("words", ["never run on a real Windows", "was never run at all", "under the GPL"])
def test_it_says_what_nobody_tried_and_what_is_under_another_licence(words: str) -> None:
    assert words in re.sub(r"\s+", " ", DOWNLOAD)


def test_links_within_it_lead_somewhere() -> None:
    for path, anchor in re.findall(r"\]\(([\w./-]*)#?([\w-]*)\)", DOWNLOAD):
        file = TOP / (path or "README.md")
        heads = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert not anchor or anchor in {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}, path
