"""When an attempt is asked about, and a want is tried again. Pure."""

from datetime import datetime, timedelta
from typing import Final

#: After the n-th answer that was not the end.
_UNKNOWN: Final = (5, 15, 30, 60, 180, 300, 600)
_ACCEPTED: Final = (1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600)
HOURLY: Final = 3600
#: Asked so often (about three days of hours) without an end: a person looks.
MOST_QUESTIONS: Final = 84
#: A second "not found" counts when it is so much later than the first.
AGAIN_AFTER: Final = timedelta(seconds=60)
#: Seconds on top of a call's patience until somebody else may take up what a dead process left.
LEASE_MARGIN: Final = 25.0
#: Nobody could deliver just now: look again, a little later each time.
_WAITS: Final = (1, 2, 4, 8, 15, 30)


def ask_at(*, state: str, asked: int, now: datetime) -> datetime | None:
    """When to ask next; None: no more, a person decides."""
    if asked >= MOST_QUESTIONS:
        return None
    steps = _ACCEPTED if state == "accepted" else _UNKNOWN
    return now + timedelta(seconds=steps[asked] if asked < len(steps) else HOURLY)


def look_at(*, tries: int, now: datetime) -> datetime:
    """When to look for a supplier again."""
    return now + timedelta(seconds=_WAITS[min(tries, len(_WAITS) - 1)])


#: After the n-th answer that was not the end: of a question, a void that went out, a complaint that was heard.
_ASK: Final = (2, 5, 15, 30, 60, 120, 300)
_VOID: Final = (2, 5, 15, 30, 60, 120, 300, 600, 1800)
_COMPLAINT: Final = (600, 1800, 3600, 10_800, 21_600)
#: So long after it was asked, nobody waits for an answer any more.
PATIENCE: Final = {"ask": timedelta(minutes=20), "void": timedelta(hours=24), "complain": timedelta(days=7)}
#: Nothing went out yet, and nobody can be reached: then the end is soon, since nothing is to be found out.
UNSENT: Final = timedelta(minutes=20)


def inquire_at(*, kind: str, sent: bool, tries: int, asked_at: datetime, now: datetime) -> datetime | None:
    """When to ask a supplier again; None: no more."""
    if now >= asked_at + (PATIENCE[kind] if sent or kind == "ask" else UNSENT):
        return None
    steps = _COMPLAINT if kind == "complain" and sent else _VOID if sent else _ASK
    return now + timedelta(seconds=steps[min(tries, len(steps) - 1)])
