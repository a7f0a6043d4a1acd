"""One event as a statement: with the rows that name its keys, where this process does not know them to be there."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final
from uuid import UUID

from psycopg.types.numeric import Int8

from goodfor.risk import keys as surrogate
from goodfor.risk.types import KIND_NUMBERS, SCENE_NUMBERS, Act, KeyKind, Result

_FOLDER = resources.files("goodfor.risk").joinpath("sql")
PLAIN: Final = _FOLDER.joinpath("event_insert.sql").read_text(encoding="utf-8")
NAMED: Final = _FOLDER.joinpath("event_insert_named.sql").read_text(encoding="utf-8")
_NOBODY: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Recording:
    """A statement with its values. After an attempt's commit: `keys.KNOWN.note(...)`."""

    text: str
    params: Mapping[str, Any]
    keys: Mapping[KeyKind, int]


def recording_of(act: Act, result: Result, decision_id: UUID | None) -> Recording:
    """How an act, or what became of it, is written down. Raises ValueError for a local time.

    Only attempts bring the rows that name keys: they commit at once, while a result may be part of a long transaction,
    in which a new row would keep others waiting.
    """
    if act.at.tzinfo is None:
        raise ValueError("an act happens at an instant, not at a local time")
    values = surrogate.values_of(act)
    keys = {kind: surrogate.hash_of(act.shop_id, kind, text) for kind, text in values.items()}
    params: dict[str, Any] = {str(kind): Int8(keys.get(kind, 0)) for kind in KeyKind}
    params |= {
        "nobody": _NOBODY,
        "shop": act.shop_id,
        "at": act.at,
        "scene": SCENE_NUMBERS[act.scene],
        "result": int(result),
        "amount": Int8(act.amount_minor),
        "subject": act.subject[1] if act.subject else _NOBODY,
        "decision": decision_id or _NOBODY,
    }
    unknown = surrogate.KNOWN.unknown(act.shop_id, keys, act.at) if result is Result.ATTEMPT else []
    if not unknown:
        return Recording(PLAIN, params, keys)
    named = surrogate.named_of({kind: values[kind] for kind in unknown}, keys)
    rows = surrogate.rows_of(act.shop_id, named, KIND_NUMBERS)
    return Recording(NAMED, {**params, **rows, "stale": act.at - surrogate.REST}, keys)
