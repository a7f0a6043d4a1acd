"""How a decision is written: values for its statement, and JSON that the database takes whatever parts said."""

import json
import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from goodfor.risk.keys import clean
from goodfor.risk.types import Hit, Value

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_VERSION_AND_VARIANT: Final = (0x7 << 76) | (0b10 << 62)
_LONGEST_TEXT: Final = 200


def decision_id_of(at: datetime) -> UUID:
    """A UUIDv7 of the instant of the act itself, by which its row is found without asking every month."""
    noise = int.from_bytes(os.urandom(10), "big")
    bits = ((noise >> 68) << 64) | (noise & ((1 << 62) - 1))
    return UUID(int=(((at - _EPOCH) // _MILLISECOND) << 80) | _VERSION_AND_VARIANT | bits)


def instant_of(decision_id: UUID) -> datetime:
    """The millisecond in which a decision was made."""
    return _EPOCH + (decision_id.int >> 80) * _MILLISECOND


def known_of(snapshot: Mapping[str, Value]) -> dict[str, Value]:
    """What is known, without what is not: a name that is missing is None."""
    return {name: told for name, value in snapshot.items() if (told := _told(value)) is not None}


def _told(value: Value) -> Value:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return clean(value[:_LONGEST_TEXT]) if isinstance(value, str) else value


def hit_dict(hit: Hit) -> dict[str, Any]:
    """One of them as JSON values; `hold` in seconds."""
    return {
        "rule_id": str(hit.rule_id),
        "code": hit.code,
        "version": hit.version,
        "outcome": str(hit.outcome),
        "live": hit.live,
        "label": hit.label,
        "hard": hit.hard,
        "hold": hit.hold.total_seconds() if hit.hold is not None else None,
        "cost": hit.cost,
        "why": hit.why,
    }


def harmless(value: Any) -> Any:
    """What a part gave: numbers that are none and texts that cannot be stored are taken out."""
    if isinstance(value, Mapping):
        return {clean(str(name)): harmless(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [harmless(item) for item in value]
    return _told(value) if isinstance(value, float | str) else value


def row_json(row: Mapping[str, Any]) -> str:
    """A row as one JSON object; instants as ISO texts, ids as texts."""
    return json.dumps(row, default=_as_text)


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
