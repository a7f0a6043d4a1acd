"""When to try and to ask again, pure. Pauses grow; a sign-in code has less patience, since it soon expires."""

from datetime import datetime, timedelta
from typing import Final

RETRY_SECONDS: Final = (10, 30, 120, 600, 3600, 10800)
URGENT_SECONDS: Final = (2, 5, 15, 30, 60, 60)
ASK_SECONDS: Final = (5, 30, 120, 600)
#: A claimed message is left alone this long; after a crash its outcome counts as unknown.
LEASE: Final = timedelta(seconds=60)
#: What may be repeated is repeated no sooner than this after an outcome that nobody knows.
REPEAT_AFTER: Final = timedelta(seconds=30)
MAX_TRIES: Final = 7


def next_try(*, attempts: int, now: datetime, urgent: bool) -> datetime | None:
    """When to try again after `attempts` tries, or None when it was tried often enough."""
    pauses = URGENT_SECONDS if urgent else RETRY_SECONDS
    if attempts >= MAX_TRIES:
        return None
    return now + timedelta(seconds=pauses[min(max(attempts, 1), len(pauses)) - 1])


def next_ask(*, asks: int, now: datetime) -> datetime | None:
    """When to ask the channel (again) after `asks` questions, or None when it was asked often enough."""
    return now + timedelta(seconds=ASK_SECONDS[asks]) if asks < len(ASK_SECONDS) else None
