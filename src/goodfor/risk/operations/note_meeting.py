"""Write down who met a planted code."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement
from goodfor.risk.keys import canonical_of, hashes_of, named_of, rows_of
from goodfor.risk.types import KeyKind

_NOTE: Final = Statement("goodfor.risk", "sql/note_meeting.sql")
WHO: Final = (KeyKind.BUYER, KeyKind.DEVICE, KeyKind.ADDRESS)
LONGEST_PLACE: Final = 40


def note_meeting(
    *, shop_id: UUID, planted_id: UUID, place: str, who: Mapping[KeyKind, str], now: datetime
) -> None:  # fmt: skip
    """One row for each who: keys as plain texts, of which the buyer, the device and the address are kept as numbers.

    Joins the transaction of the caller.
    """
    plain = {kind: canonical_of(kind, who[kind]) for kind in WHO if who.get(kind)}
    values = {kind: text for kind, text in plain.items() if text}
    keys = hashes_of(shop_id, values)
    _NOTE.run({
        **rows_of(shop_id, named_of(values, keys), now), "id": uuid7(), "shop_id": shop_id, "planted_id": planted_id,
        "place": place[:LONGEST_PLACE], "now": now, **{str(kind): keys.get(kind, 0) for kind in WHO},
    })  # fmt: skip
