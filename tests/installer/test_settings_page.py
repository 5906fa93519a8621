from gui.core.settings import DECLARED
from installer.settings_page import PAGE, page


def test_the_page_has_all_settings_as_they_are_declared() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make it anew: python -m installer.settings_page"


def test_each_setting_says_in_a_sentence_what_it_means_and_since_when() -> None:
    for each in DECLARED.values():
        assert each.sentence.endswith("."), each.key
        assert each.since, each.key
