"""Working time: against a walk minute by minute, over changes of clocks, holidays and days that are worked instead."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.aftersales.errors import InvalidTerms
from goodfor.aftersales.hours import add_working, longest_pause, working_between
from goodfor.aftersales.terms import check_terms
from goodfor.aftersales.types import Hours, Terms

NINE_TO_SIX = {day: (time(9), time(18)) for day in range(5)}
OFFICE = Hours(days=NINE_TO_SIX)
SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
#: Weeks with a change of clocks in each of these, at two, at three and at midnight, and one by half an hour.
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "UTC")
STARTS = (
    datetime(2026, 3, 6, tzinfo=UTC), datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC),
    datetime(2026, 10, 30, tzinfo=UTC), datetime(2026, 4, 3, tzinfo=UTC), datetime(2026, 9, 4, tzinfo=UTC),
    datetime(2026, 10, 2, tzinfo=UTC),
)  # fmt: skip

MONTHS = st.sampled_from([3, 4, 9, 10])


def is_worked(moment: datetime, hours: Hours) -> bool:
    """By the wall clock, nothing else."""
    local = moment.astimezone(ZoneInfo(hours.zone))
    day = local.date()
    if day.isoformat() in hours.free:
        return False
    if day.weekday() in hours.days:
        opens, closes = hours.days[day.weekday()]
    elif day.isoformat() in hours.extra:
        opens, closes = hours.days.get(0) or hours.days[min(hours.days)]
    else:
        return False
    return opens <= local.time() and (local.time() < closes or closes == time(0))


def walked(start: datetime, minutes: int, hours: Hours) -> datetime:
    """Minute by minute; `start` is a whole minute."""
    moment, left = start, minutes
    while left:
        left -= is_worked(moment, hours)
        moment += MINUTE
    return moment


@st.composite
def calendars(draw: st.DrawFn) -> Hours:
    days = {}
    for day in draw(st.sets(st.integers(0, 6), min_size=1)):
        opens = draw(st.integers(0, 1_438))
        closes = draw(st.integers(opens + 1, 1_440))
        days[day] = (time(opens // 60, opens % 60), time(closes // 60 % 24, closes % 60))
    near = st.integers(0, 20).map(
        lambda n: (date(2026, draw(st.sampled_from([3, 4, 10])), 1) + timedelta(n)).isoformat()
    )
    free = draw(st.frozensets(near, max_size=6))
    return Hours(draw(st.sampled_from(ZONES)), days, free, draw(st.frozensets(near, max_size=4)) - free)


@pytest.mark.soak
@settings(max_examples=60, deadline=None)
@given(calendars(), st.sampled_from(STARTS), st.integers(0, 4 * 1_440), st.integers(1, 400))
def test_it_is_the_walk_minute_by_minute(hours: Hours, start: datetime, later: int, minutes: int) -> None:
    since = start + later * MINUTE
    end = walked(since, minutes, hours)
    assert add_working(since, minutes * 60, hours) == end
    assert working_between(since, end, hours) == minutes * 60
    middle = since + (end - since) // 2 // MINUTE * MINUTE
    assert working_between(since, middle, hours) + working_between(middle, end, hours) == minutes * 60


@settings(max_examples=80, deadline=None)
@given(calendars(), st.integers(0, 365 * 86_400), st.integers(0, 999_999), st.integers(1, 200_000))
def test_adding_and_counting_undo_each_other(hours: Hours, into: int, micro: int, seconds: int) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=into, microseconds=micro)
    end = add_working(since, seconds, hours)
    assert working_between(since, end, hours) == seconds
    assert add_working(since, seconds + 1, hours) > end


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_without_hours_time_is_time() -> None:
    assert add_working(at("2026-01-05 23:00"), 7_200, None) == at("2026-01-06 01:00")
    assert working_between(at("2026-01-05 23:00"), at("2026-01-06 01:00"), None) == 7_200
    assert working_between(at("2026-01-06 01:00"), at("2026-01-05 23:00"), None) == 0
    berlin = ZoneInfo("Europe/Berlin")
    # Python would say 05:00 for three hours over the change of clocks; it is 06:00.
    assert add_working(at("2026-03-29 01:00", berlin), 4 * 3_600, None) == at("2026-03-29 06:00", berlin)
    assert working_between(at("2026-03-29 01:00", berlin), at("2026-03-29 06:00", berlin), None) == 4 * 3_600


def test_an_evening_waits_for_the_morning_and_friday_for_monday() -> None:
    assert add_working(at("2026-01-09 17:00"), 3_600, OFFICE) == at("2026-01-09 18:00")
    assert add_working(at("2026-01-09 17:00"), 3_601, OFFICE) == at("2026-01-12 09:00:01")
    assert add_working(at("2026-01-10 12:00"), 60, OFFICE) == at("2026-01-12 09:01")
    assert add_working(at("2026-01-10 12:00"), 0, OFFICE) == at("2026-01-10 12:00")
    assert add_working(at("2026-01-09 17:00"), 60, OFFICE).tzinfo is SHANGHAI


def test_holidays_and_days_worked_instead() -> None:
    hours = Hours(days=NINE_TO_SIX, free=frozenset({"2026-10-01", "2026-10-02"}), extra=frozenset({"2026-10-10"}))
    assert add_working(at("2026-09-30 17:30"), 3_600, hours) == at("2026-10-05 09:30")
    assert add_working(at("2026-10-09 17:30"), 3_600, hours) == at("2026-10-10 09:30")
    # Without a Monday, the hours of the first day there is.
    odd = Hours(days={2: (time(10), time(12))}, extra=frozenset({"2026-10-10"}))
    assert add_working(at("2026-10-09 17:30"), 3_600, odd) == at("2026-10-10 11:00")


def test_an_hour_that_comes_twice_counts_twice() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = Hours("Europe/Berlin", {day: (time(2), time(3)) for day in range(7)})
    assert working_between(at("2026-10-24 12:00", berlin), at("2026-10-25 12:00", berlin), night) == 7_200
    assert working_between(at("2026-03-28 12:00", berlin), at("2026-03-29 12:00", berlin), night) == 0
    assert working_between(at("2026-03-29 12:00", berlin), at("2026-03-30 12:00", berlin), night) == 3_600


def refused(hours: Hours) -> str:
    with pytest.raises(InvalidTerms) as error:
        check_terms(Terms(hours=hours))
    return str(error.value.data["field"])


def test_a_calendar_in_which_nobody_works_is_refused() -> None:
    check_terms(Terms(hours=OFFICE))
    check_terms(Terms(hours=Hours(days={6: (time(0), time(0))})))
    assert refused(Hours()) == "days"
    assert refused(Hours(days={7: (time(9), time(10))})) == "days"
    assert refused(Hours(days={0: (time(9), time(9))})) == "days"
    assert refused(Hours(days={0: (time(22), time(6))})) == "days"
    assert refused(Hours(days={0: (time(9, 0, 1), time(10))})) == "days"
    assert refused(Hours("Mars/Base", NINE_TO_SIX)) == "zone"
    assert refused(Hours(days=NINE_TO_SIX, free=frozenset({"2026-02-30"}))) == "free"
    assert refused(Hours(days=NINE_TO_SIX, free=frozenset({"2026-1-1"}))) == "free"
    assert refused(Hours(days=NINE_TO_SIX, free=frozenset({"2026-10-01"}), extra=frozenset({"2026-10-01"}))) == "extra"
    days = [date(2026, 1, 1) + timedelta(n) for n in range(70)]
    assert refused(Hours(days=NINE_TO_SIX, free=frozenset(day.isoformat() for day in days))) == "free"
    # Sixty days with a Saturday worked in their midst are two shorter pauses.
    worked = frozenset({"2026-02-07"})
    broken = Hours(days=NINE_TO_SIX, free=frozenset(day.isoformat() for day in days[:58]) - worked, extra=worked)
    assert longest_pause(broken) == 37
    check_terms(Terms(hours=broken))


def test_a_calendar_that_was_never_checked_ends_too() -> None:
    with pytest.raises(ValueError, match="nobody ever works"):
        add_working(at("2026-01-05 12:00"), 60, Hours())
    assert working_between(at("2026-01-05 12:00"), at("2026-01-06 12:00"), Hours()) == 0
