"""Rules for windows of an earlier run mean the windows of this one, where only one can be meant."""

from __future__ import annotations

from dataclasses import replace

from capture.feed.catalog import Catalog
from capture.source import Source
from server.access.control import AccessControl
from server.access.rebinding import Rebinding, rebound
from server.sharing import ShareList, ShareRule
from tests.server.access.fakes import LOG

EVERYTHING = (ShareRule("all"),)


def window(number: int) -> Source:
    return replace(LOG, id=str(number), started=number)


def test_rule_of_an_earlier_run_is_bound_to_the_only_window_that_it_can_mean() -> None:
    old = ShareRule.for_source(window(1))
    new, twin = window(7), window(8)
    bound = ShareRule.for_source(new)
    assert rebound((old,), {old}, (new,), (new,)) == (bound,)
    assert rebound((old,), {old}, (new,), ()) == (old,)
    assert rebound((old,), {old}, (new, twin), (new, twin)) == (old,)
    assert rebound((old,), set(), (new,), (new,)) == (old,)
    assert rebound((old,), {old}, (window(1), new), (new,)) == (old,)
    other = ShareRule.for_source(window(2))
    assert rebound((old, other), {old, other}, (new,), (new,)) == (old, other)

    assert rebound(EVERYTHING, set(), (new,), (new,)) == EVERYTHING


async def test_what_has_met_its_window_in_this_run_is_given_to_no_other() -> None:
    catalog = Catalog((), windows=False)
    catalog.start()
    shares = ShareList(catalog, EVERYTHING)
    access = AccessControl(shares)
    link = access.links.make("TV", (ShareRule.for_source(window(1)),))
    rebinding = Rebinding(access, shares)
    catalog.set_fixed((window(1),))
    rebinding.follow()
    catalog.set_fixed((window(2),))
    rebinding.follow()

    assert not access.links.all[link.id].shows(window(2))
