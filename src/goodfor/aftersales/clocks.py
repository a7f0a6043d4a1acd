"""The clocks of a case: when something is due, and where a pause moves it. Pure."""

from datetime import datetime, timedelta
from typing import Final

from goodfor.aftersales.hours import add_working, working_between
from goodfor.aftersales.types import Terms

#: How long a supplier is waited for before it is decided without its word.
SUPPLIER_WAIT: Final = timedelta(minutes=30)
#: So long before a promised moment it is decided with what is known.
AHEAD: Final = timedelta(minutes=2)
LEAST_WAIT: Final = timedelta(seconds=20)
#: How long a buyer who was asked for something is waited for.
BUYER_WAIT: Final = timedelta(days=7)
#: How long after the end a buyer may object.
OBJECT_WITHIN: Final = timedelta(days=30)
#: Between tries to carry out what was decided, by how often it was tried.
_AGAIN: Final = (1, 2, 5, 10, 30, 60)


def due(start: datetime, terms: Terms) -> tuple[datetime, datetime]:
    """By when an answer and a decision are promised."""
    answer = add_working(start, terms.answer_seconds, terms.hours)
    decision = add_working(start, terms.decision_seconds, terms.hours)
    return answer, max(answer, decision)


def moved_on(deadline: datetime, paused_at: datetime, now: datetime, terms: Terms) -> datetime:
    """A deadline after a pause: what was left of it when the pause began is left now. One that had passed stays."""
    if deadline <= paused_at:
        return deadline
    return add_working(now, working_between(paused_at, deadline, terms.hours), terms.hours)


def wait_until(now: datetime, answer_by: datetime | None, decide_by: datetime) -> datetime:
    """Until when a supplier's word is waited for: half an hour, in time for what is promised, and a little at least.

    `answer_by` None: there was an answer.
    """
    ends = [now + SUPPLIER_WAIT]
    # What has passed already needs no hurry any more.
    ends += [at - AHEAD for at in (answer_by, decide_by) if at is not None and at > now]
    return max(min(ends), now + LEAST_WAIT)


def again_at(now: datetime, tries: int) -> datetime:
    """When to try again what could not be done yet."""
    return now + timedelta(seconds=_AGAIN[min(max(tries, 1), len(_AGAIN)) - 1])
