"""R1: every planted difference is found under its name, nothing else is, and comparing again says the same."""

from datetime import datetime

import pytest

from goodfor.identity.tests.factories import make_shop
from goodfor.kernel import invariants
from goodfor.kernel.tenancy import platform_job
from goodfor.recon.categories import CATEGORIES
from goodfor.recon.invariants import INVARIANTS
from goodfor.recon.rehearsal import MAIN, World, channel_days, inside_days, supplier_days
from goodfor.recon.tests.steps import compare_all, found, matches, sql
from goodfor.recon.types import RunView


def rehearse(now: datetime, *, rows: int, each: int, seed: int) -> None:
    shop, world = make_shop(now), World()
    scopes = channel_days(world, rows=rows, each=each, seed=seed)
    scopes += supplier_days(world, rows=max(rows // 10, each * 10), each=each, seed=seed + 1)
    runs = compare_all(shop.id, scopes, world, now)
    assert found(shop.id) == world.expected, seed
    assert {category for category, _ in world.expected} == set(CATEGORIES)
    assert all(count == each for count in per_category(world).values())
    first, cases = matches(shop.id), sql("SELECT count(*) FROM recon_case WHERE shop_id = %s", [shop.id])
    assert first
    # Again, in another order: the pool goes from day to day, whichever is compared anew.
    again = compare_all(shop.id, [*scopes[5:], *scopes[:5]], world, now)
    assert found(shop.id) == world.expected, seed
    assert matches(shop.id) == first
    assert sql("SELECT count(*) FROM recon_case WHERE shop_id = %s", [shop.id]) == cases
    assert sorted(map(outcome, again)) == sorted(map(outcome, runs))
    assert {run.version for run in again} == {2}
    with platform_job("audit"):
        assert [one.name for one in INVARIANTS if not invariants.run(one, now).ok] == []


def outcome(run: RunView) -> tuple[object, ...]:
    """What a run says, whichever version it is."""
    return run.area, run.account, run.day, run.matched, sorted(run.breaks.items())


def per_category(world: World) -> dict[str, int]:
    counts: dict[str, int] = {}
    for (category, _what), count in world.expected.items():
        counts[category] = counts.get(category, 0) + count
    return counts


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_all_that_differs_is_found_and_nothing_else(now: datetime, seed: int) -> None:
    rehearse(now, rows=600, each=4, seed=seed)


@pytest.mark.soak
@pytest.mark.django_db
def test_a_hundred_thousand_rows_with_twenty_of_each(now: datetime) -> None:
    rehearse(now, rows=100_000, each=20, seed=8)


@pytest.mark.django_db
def test_a_day_without_differences_has_none(now: datetime) -> None:
    shop, world = make_shop(now), World()
    scopes = [scope for scope in channel_days(world, rows=200, each=0, seed=3) if scope.account == MAIN]
    runs = compare_all(shop.id, scopes, world, now)
    assert found(shop.id) == {}
    assert [(run.matched, run.breaks, run.pooled) for run in runs] == [
        (0, {}, 0), (200, {}, 0), (0, {}, 0), (0, {}, 0), (0, {}, 0),
    ]  # fmt: skip
    assert matches(shop.id) == {(f"fact:{n}", f"bill:{n}", "exact") for n in range(200)}


@pytest.mark.django_db
@pytest.mark.parametrize("area", ["split", "wallet"])
def test_splits_and_balances_are_compared_alike(now: datetime, area: str) -> None:
    shop, world = make_shop(now), World()
    scopes = inside_days(world, area=area, rows=300, each=4, seed=5)
    runs = compare_all(shop.id, scopes, world, now)
    assert found(shop.id) == world.expected
    assert set(per_category(world)) == {"C1", "C2", "C3", "C4", "C6", "C7", "C8", "C10"}
    first = matches(shop.id)
    again = compare_all(shop.id, scopes[::-1], world, now)
    assert found(shop.id) == world.expected
    assert matches(shop.id) == first
    assert sorted(map(outcome, again)) == sorted(map(outcome, runs))
