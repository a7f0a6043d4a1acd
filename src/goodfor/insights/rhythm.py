"""When a saved report is due next. Pure: a day and an hour of the books."""

from datetime import datetime, time, timedelta

from goodfor.insights.states import DAILY, MONTHLY, NEVER, WEEKLY
from goodfor.insights.types import BOOKS


def next_due(rhythm: str, *, at_hour: int, weekday: int, day: int, after: datetime) -> datetime | None:
    """The first moment of the rhythm after an instant; None: never. `weekday` 0 is Monday, `day` 1 to 28."""
    if rhythm == NEVER:
        return None
    here = after.astimezone(BOOKS)
    for ahead in range(32):
        on = here.date() + timedelta(days=ahead)
        if (rhythm == WEEKLY and on.weekday() != weekday) or (rhythm == MONTHLY and on.day != day):
            continue
        due = datetime.combine(on, time(at_hour), BOOKS)
        if due > after:
            return due.astimezone(after.tzinfo)
    raise ValueError(f"no such rhythm: {rhythm}, one of {DAILY}, {WEEKLY}, {MONTHLY}")
