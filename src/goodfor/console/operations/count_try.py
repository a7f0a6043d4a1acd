"""Count a guess at a password or a code before looking at it, and refuse when there were too many."""

from datetime import datetime, timedelta

from goodfor.console.errors import TooManyGuesses
from goodfor.kernel.ids import hash_token
from goodfor.kernel.sql import Statement

#: Guesses that cost nothing; from the last of them on the door waits, twice as long each time.
FREE = 5
PAUSE_SECONDS = 30
LONGEST_SECONDS = 900
FORGET = timedelta(days=1)
_COUNT = Statement("goodfor.console", "sql/count_try.sql")
_BLOCKED = Statement("goodfor.console", "sql/blocked_until.sql")


def count_try(*, scope: str, subject: str, now: datetime) -> None:
    """Note one guess; committed with the caller. Raises TooManyGuesses while the door is slow, and then counts nothing.

    A one-time link is no guess, so its holder comes in whatever others have tried.
    """
    key = {"scope": scope, "subject_hash": hash_token(f"{scope}:{subject}")}
    counted = _COUNT.row(
        {
            **key,
            "now": now,
            "forget": now - FORGET,
            "free": FREE,
            "pause": PAUSE_SECONDS,
            "longest": LONGEST_SECONDS,
        }
    )
    if counted is None:
        row = _BLOCKED.row(key)
        until = row[0] if row and row[0] else now
        raise TooManyGuesses(retry_after=max(int((until - now).total_seconds()) + 1, 1))
