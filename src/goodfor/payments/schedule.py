"""When to ask again, pure. Pending payments: 5, 10, 20, 40, 60 s, then every 5 min until they expire."""

from datetime import datetime, timedelta
from typing import Final

PENDING_SECONDS: Final = (5, 10, 20, 40, 60)
PENDING_REST_SECONDS: Final = 300
#: After the local close: a channel without a close of its own may still take money, and its notify may be lost.
LATE_SECONDS: Final = (60, 300, 1800, 7200, 43200, 86400)
REFUND_SECONDS: Final = (10, 30, 60, 300, 900, 3600)
#: A call whose reply was lost may still be at work there: no refund by a channel that would pay it twice before this.
NOT_REPEATABLE_SECONDS: Final = 120
#: A claimed row is left alone this long; after a crash somebody else takes it then.
LEASE: Final = timedelta(seconds=60)
REFUND_TRIES: Final = 48


def next_poll(*, polled: int, now: datetime, expires_at: datetime | None) -> datetime:
    """When to ask about a pending payment that was asked about `polled` times; never past its expiry."""
    seconds = PENDING_SECONDS[polled] if polled < len(PENDING_SECONDS) else PENDING_REST_SECONDS
    at = now + timedelta(seconds=seconds)
    return min(at, max(expires_at, now)) if expires_at else at


def next_late_poll(*, polled: int, now: datetime) -> datetime | None:
    """When to ask about a closed payment, or None when it was asked about often enough."""
    return now + timedelta(seconds=LATE_SECONDS[polled]) if polled < len(LATE_SECONDS) else None


def next_refund_try(*, attempts: int, now: datetime, repeatable: bool) -> datetime | None:
    """When to go on with a refund, or None when only a person can help."""
    if attempts >= REFUND_TRIES:
        return None
    seconds = REFUND_SECONDS[min(max(attempts, 1), len(REFUND_SECONDS)) - 1]
    return now + timedelta(seconds=seconds if repeatable else max(seconds, NOT_REPEATABLE_SECONDS))


#: A mandate that was not signed yet, or whose end the channel was not told of yet.
MANDATE_SECONDS: Final = (10, 30, 60, 300, 900, 3600)
#: What the channel does not know any more was never done; until then it may be sent under its number again.
CHARGE_TAKES: Final = timedelta(hours=24)


def next_ask(*, asked: int, now: datetime) -> datetime:
    """When to ask about a mandate again that was asked about `asked` times."""
    return now + timedelta(seconds=MANDATE_SECONDS[min(asked, len(MANDATE_SECONDS) - 1)])
