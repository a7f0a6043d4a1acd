"""How a decision is written: values for its statement, and JSON that the database takes whatever parts said."""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from goodfor.risk.keys import clean
from goodfor.risk.types import Hit, Value

_LONGEST_TEXT: Final = 200


def known_of(snapshot: Mapping[str, Value]) -> dict[str, Value]:
    """What is known, without what is not: a name that is missing is None."""
    found: dict[str, Value] = {}
    for name, value in snapshot.items():
        # Most are counts.
        if value is not None and (type(value) is int or (value := _told(value)) is not None):
            found[name] = value
    return found


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
