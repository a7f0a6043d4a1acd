"""Ids that tell when: of decisions, whose month is found by them, and of the rows that name keys, which go by age."""

import os
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_VERSION_AND_VARIANT: Final = (0x7 << 76) | (0b10 << 62)


def id_of(at: datetime) -> UUID:
    """A UUIDv7 of the instant of an act itself: a decision's row is found by it without asking every month."""
    noise = int.from_bytes(os.urandom(10), "big")
    bits = ((noise >> 68) << 64) | (noise & ((1 << 62) - 1))
    return UUID(int=(((at - _EPOCH) // _MILLISECOND) << 80) | _VERSION_AND_VARIANT | bits)


def instant_of(decision_id: UUID) -> datetime:
    """The millisecond in which a decision was made."""
    return _EPOCH + (decision_id.int >> 80) * _MILLISECOND
