"""One event as a statement. The rows by which people see its keys come with the decision, where they are missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from psycopg.types.numeric import Int8

from goodfor.risk import hot
from goodfor.risk import keys as surrogate
from goodfor.risk.types import SCENE_NUMBERS, Act, KeyKind, Result

_INSERT: Final = hot.Line("sql/event_insert.sql")
_NOBODY: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Recording:
    """A statement with its values in order; the act's keys, and what they stand for in its one spelling."""

    text: str
    params: Sequence[Any]
    keys: Mapping[KeyKind, int]
    values: Mapping[KeyKind, str] = field(repr=False)


def recording_of(act: Act, result: Result, decision_id: UUID | None) -> Recording:
    """How an act, or what became of it, is written down. Raises ValueError for a local time."""
    if act.at.tzinfo is None:
        raise ValueError("an act happens at an instant, not at a local time")
    values = surrogate.values_of(act)
    keys = surrogate.hashes_of(act.shop_id, values)
    params: dict[str, Any] = {str(kind): Int8(keys.get(kind, 0)) for kind in KeyKind}
    params |= {
        "lazy": result is Result.ATTEMPT,
        "nobody": _NOBODY,
        "shop": act.shop_id,
        "at": act.at,
        "scene": SCENE_NUMBERS[act.scene],
        "result": int(result),
        "amount": Int8(act.amount_minor),
        "subject": act.subject[1] if act.subject else _NOBODY,
        "decision": decision_id or _NOBODY,
    }
    return Recording(_INSERT.text, _INSERT.values(params), keys, values)
