"""Codes that a supplier delivered: looked at, marked, and into the vault before the transaction ends."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.kernel.crypto import keyring
from goodfor.kernel.sql import Statement
from goodfor.supply.hygiene import compared, fault_in, untangled
from goodfor.supply.inquiry_models import BoughtCode
from goodfor.supply.providers.values import Code
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.vault import operations as vault
from goodfor.vault.types import IncomingCode

_MARK: Final = Statement("goodfor.supply", "sql/mark_codes.sql")
PURPOSE: Final = "supply.code"
#: Reserved for the line for so long after its deadline: whoever fulfils or refunds it is done by then.
KEPT_FOR: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Taken:
    """`good`: new and kept for the line; `spare`: kept on the shelf; `doubles`: delivered before, or no code at all."""

    good: int
    spare: int
    doubles: int


def take_codes(
    *, want: Want, attempt: Attempt, codes: Sequence[Code], cost_minor: int, late: bool, now: datetime
) -> Taken:  # fmt: skip
    """In the caller's transaction. What comes `late`, or too much, goes on the shelf. `cost_minor` is for all of it."""
    fresh = _unmarked(want.shop_id, attempt.id, [code for code in map(untangled, codes) if fault_in(code) is None])
    mine = [] if late else fresh[: attempt.quantity]
    rest = fresh[len(mine) :]
    good = _store(want, attempt, mine, cost_minor, want.line_id, now) if mine else 0
    # Paid for with the others: what is too much costs nothing, unless it is all there is.
    spare = _store(want, attempt, rest, 0 if good else cost_minor, None, now) if rest else 0
    return Taken(good, spare, len(codes) - good - spare)


def _store(
    want: Want, attempt: Attempt, codes: Sequence[Code], cost_minor: int, holder: UUID | None, now: datetime
) -> int:
    received = vault.receive_codes(
        shop_id=want.shop_id,
        sku_id=want.sku_id,
        codes=[IncomingCode(code.number, _secret(code), code.expires_at) for code in codes],
        holder_id=holder,
        until=want.deadline_at + KEPT_FOR,
        cost_minor=cost_minor,
        currency=want.currency,
        source=f"supply:{attempt.number}" if holder else f"supply:{attempt.number}:shelf",
        actor="system",
        now=now,
    )
    BoughtCode.objects.bulk_create(
        BoughtCode(
            code_id=code_id, shop_id=want.shop_id, attempt_id=attempt.id, supplier_id=attempt.supplier_id,
            code_ref=_ref(codes[place]), voidable=codes[place].voidable, at=now,
        )
        for place, code_id in zip(received.kept, received.code_ids, strict=True)
    )  # fmt: skip
    return len(received.kept)


def _ref(code: Code) -> str:
    """Their number of it; one that is cut is another one."""
    return code.ref if len(code.ref) <= 140 else ""


def _secret(code: Code) -> str:
    """The parts that the vault keeps as one: a link or a picture is the secret, a second word stands beside it."""
    secret = code.secret or code.link
    if code.image:
        secret = "data:image;base64," + base64.b64encode(code.image).decode()
    return f"{secret} {code.verify_code}" if code.verify_code else secret


def _unmarked(shop_id: UUID, attempt_id: UUID, codes: Sequence[Code]) -> list[Code]:
    """Those that no supplier delivered before, and each once; the marks stay with this attempt."""
    ring = keyring()
    by_mark = {ring.blind_index(PURPOSE, shop_id.bytes + compared(code).encode()): code for code in codes}
    if not by_mark:
        return []
    rows = _MARK.rows({"shop_id": shop_id, "attempt_id": attempt_id, "marks": list(by_mark)})
    new = {bytes(row[0]) for row in rows}
    return [code for mark, code in by_mark.items() if mark in new]
