"""Where a member stands, step by step; nothing but the rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from goodfor.kernel.errors import DomainError
from goodfor.loyalty.tier_types import CALENDAR, DOWN, GRANTED, KEPT, UP, Standing, Tier, TierSet
from goodfor.loyalty.tiers import checked, from_json, step, to_json

BEIJING = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
SET = TierSet(
    (Tier("普通"), Tier("银卡", 100, 80), Tier("金卡", 500, 300, points_bp=15_000), Tier("黑金", 2000, 1500)),
    grace_days=10,
)
YEAR = timedelta(days=365)


def at(rank: int, *, until: datetime | None = None, source: str = "earned") -> Standing:
    return Standing(rank, NOW - YEAR, until if until or not rank else NOW + YEAR, source)


@pytest.mark.parametrize(("amount", "to"), [(0, None), (99, None), (100, 1), (499, 1), (500, 2), (5000, 3)])
def test_up_at_once_by_as_many_as_earned(amount: int, to: int | None) -> None:
    told = step(SET, at(0), amount, 0, NOW, BEIJING)
    assert (told.after.rank if told else None) == to
    if told is not None:
        assert (told.what, told.after.since, told.after.until) == (UP, NOW, NOW + YEAR)
        assert step(SET, told.after, amount, 0, NOW, BEIJING) is None


@pytest.mark.parametrize(
    ("amount", "kept", "days_over", "what", "rank"),
    [
        (0, 0, -1, None, 2),
        (0, 0, 0, None, 2),
        (0, 0, 9, None, 2),
        (300, 0, 0, KEPT, 2),
        (0, 300, 9, KEPT, 2),
        (299, 299, 10, DOWN, 1),
        (0, 0, 10, DOWN, 1),
        (2000, 0, 5, UP, 3),
    ],
)  # fmt: skip
def test_down_by_one_when_it_has_ended_and_the_grace_is_over(
    amount: int, kept: int, days_over: int, what: str | None, rank: int
) -> None:
    told = step(SET, at(2, until=NOW - timedelta(days=days_over)), amount, kept, NOW, BEIJING)
    assert (told.what if told else None, told.after.rank if told else 2) == (what, rank)
    if told is not None:
        assert step(SET, told.after, amount, kept, NOW, BEIJING) is None


def test_from_the_second_lowest_for_ever() -> None:
    told = step(SET, at(1, until=NOW - timedelta(days=10)), 0, 0, NOW, BEIJING)
    assert told is not None
    assert (told.after.rank, told.after.until) == (0, None)


def test_what_was_granted_holds_to_its_end_and_then_only_what_is_earned_counts() -> None:
    granted = at(3, until=NOW + timedelta(days=1), source=GRANTED)
    assert step(SET, granted, 0, 0, NOW, BEIJING) is None
    over = replace(granted, until=NOW)
    assert over.until is not None
    for amount, rank in ((0, 0), (120, 1), (1999, 2)):
        told = step(SET, over, amount, 5000, NOW, BEIJING)
        assert told is not None
        assert (told.what, told.after.rank) == (DOWN, rank)


def test_a_calendar_year_ends_with_the_next() -> None:
    told = step(replace(SET, window=CALENDAR), at(0), 500, 0, NOW, BEIJING)
    assert told is not None
    assert told.after.until == datetime(2028, 1, 1, tzinfo=BEIJING)


def test_fewer_tiers_than_somebody_has() -> None:
    told = step(replace(SET, tiers=SET.tiers[:2]), at(3), 0, 0, NOW, BEIJING)
    assert told is not None
    assert (told.what, told.after.rank) == (DOWN, 1)


@pytest.mark.parametrize(
    ("tiers", "field"),
    [
        ((), "tiers"),
        ((Tier("a", 1),), "tiers.0.qualify"),
        ((Tier("a"), Tier("", 5)), "tiers.1.name"),
        ((Tier("a"), Tier("b", 5), Tier("c", 5)), "tiers.2.qualify"),
        ((Tier("a"), Tier("b", 5, 6)), "tiers.1.keep"),
        ((Tier("a"), Tier("b", 5, points_bp=-1)), "tiers.1.points_bp"),
    ],
)
def test_what_cannot_be(tiers: tuple[Tier, ...], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        checked(replace(SET, tiers=tiers))
    assert refused.value.data["field"] == field


def test_json_and_back() -> None:
    assert from_json(to_json(SET)) == checked(SET)
