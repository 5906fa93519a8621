"""Icons as windows show them."""

from __future__ import annotations

import pytest

from gui.widgets.icons import SIZES, Icons


@pytest.mark.parametrize("edge", SIZES)
def test_the_mark_of_the_app_is_white_and_not_a_mixture_in_each_size(icons: Icons, edge: int) -> None:
    picture = icons.icon("panecast", "#000000").pixmap(edge, edge).toImage()
    values = {picture.pixelColor(x, y).lightness() for x in range(edge) for y in range(edge)}

    assert picture.width() == edge
    assert max(values) >= 250
