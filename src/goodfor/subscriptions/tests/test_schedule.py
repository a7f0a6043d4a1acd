"""Days and sums, pure: a line that ends exactly, and months that keep their day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from goodfor.subscriptions import states
from goodfor.subscriptions.schedule import RETRIES, months_on, next_try, recognised_by, span, unused

BEIJING = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 1, 31)


@given(st.integers(1, 10**9), st.integers(1, 400))
def test_a_line_ends_with_the_price(minor: int, days: int) -> None:
    sums = [recognised_by(minor, days, FIRST, FIRST + timedelta(days=n)) for n in range(-2, days + 3)]
    assert sums[0] == sums[1] == 0
    assert sums == sorted(sums)
    assert sums[-1] == sums[-3] == minor
    assert all(abs(got * days - minor * n) * 2 <= days for n, got in enumerate(sums[1 : days + 2]))


@given(st.integers(1, 10**6), st.integers(1, 400), st.integers(0, 400), st.integers(1, 9), st.integers(0, 9))
def test_what_is_left_is_never_more_than_either_part(minor: int, days: int, over: int, picks: int, made: int) -> None:
    got = unused(minor, days, FIRST, FIRST + timedelta(days=over), picks, min(made, picks))
    assert 0 <= got <= minor
    assert got == 0 or (made < picks and over < days)


def test_months_keep_their_day() -> None:
    anchor = datetime(2026, 1, 31, 4, tzinfo=UTC)
    days = [months_on(anchor, n, BEIJING).astimezone(BEIJING).strftime("%m-%d %H") for n in range(5)]
    assert days == ["01-31 12", "02-28 12", "03-31 12", "04-30 12", "05-31 12"]
    assert months_on(anchor, 12, BEIJING) == anchor.replace(year=2027)
    assert span(anchor, months_on(anchor, 1, BEIJING), BEIJING) == (FIRST, 28)
    assert span(anchor, anchor, BEIJING) == (FIRST, 1)


def test_tries_end() -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    tries = [next_try(n, first) for n in range(1, len(RETRIES) + 2)]
    assert [(at - first).days for at in tries if at] == [1, 3, 5, 7]
    assert tries[-1] is None


def test_every_end_has_its_word() -> None:
    assert {machine.name for machine in states.MACHINES} == {
        f"subscriptions.{name}" for name in ("plan", "subscription", "period", "pick")
    }
    assert states.SUBSCRIPTION.terminal == {states.ENDED}
    assert states.PERIOD.terminal == {states.FAILED, states.REFUNDED}
