"""Try a connection by the harmless call: what is left there."""

import time
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from goodfor.kernel import audit
from goodfor.supply.operations.sync import read_balance
from goodfor.supply.providers.values import Balance, Refused


@dataclass(frozen=True, slots=True)
class Tested:
    """`kind`: balance, refused or doubt. `word`: `Refusal` or the doubt's stable word.

    `text`: what they said themselves, at most 200 characters. `amount` in `currency`, with a balance only.
    """

    kind: str
    word: str = ""
    text: str = ""
    amount: Decimal | None = None
    currency: str = ""
    milliseconds: int = 0

    @property
    def ok(self) -> bool:
        """The connection works."""
        return self.kind == "balance"


def probe_supplier(*, shop_id: UUID, supplier_id: UUID, actor: str, now: datetime) -> Tested:
    """Ask, note the balance, and write down who tried. Outside of transactions. Raises SupplierNotFound."""
    began = time.monotonic()
    told = read_balance(shop_id=shop_id, supplier_id=supplier_id, now=now)
    spent = int((time.monotonic() - began) * 1000)
    if isinstance(told, Balance):
        tested = Tested("balance", amount=told.amount, currency=told.currency, milliseconds=spent)
    elif isinstance(told, Refused):
        tested = Tested("refused", told.why, f"{told.code} {told.message}".strip()[:200], milliseconds=spent)
    else:
        tested = Tested("doubt", told.reason[:40], milliseconds=spent)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="supply.supplier_tested",
        subject=("supply.supplier", supplier_id),
        data={"result": tested.word or tested.kind},
        now=now,
    )
    return tested
