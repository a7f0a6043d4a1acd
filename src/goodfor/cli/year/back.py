"""What goes back: refunds whole and in part, claims with what they promise beyond the price. All by the operations."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.aftersales import queries as cases
from goodfor.aftersales import states as case_states
from goodfor.aftersales.errors import CaseMoved
from goodfor.aftersales.operations.decide_case import decide_case
from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.cli.soak.sql import rows
from goodfor.cli.year.plan import CLAIM, WHOLE
from goodfor.cli.year.selling import SoldOrder
from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Succeeded
from goodfor.orders.deciding import decided_by
from goodfor.orders.operations import refund_order, refund_part, reveal_codes
from goodfor.payments.operations.settle_refund import settle_refund

STAFF: Final = "staff:year"
#: Asked of the channel by nobody: its answer is told here, so that no stand-in has to know a million trades.
_AT_CHANNEL: Final = """
SELECT r.id, r.number, p.number, r.amount_minor FROM payments_refund r
JOIN payments_payment p ON p.shop_id = r.shop_id AND p.id = r.payment_id
WHERE r.shop_id = %s AND r.state = 'created' AND p.provider <> 'balance'
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """Money at the channel: a payment, or with a refund's number one that went back (negative)."""

    at: datetime
    payment: str
    refund: str
    amount: int


@dataclass
class Backs:
    """What is to come, by the day's number; claims that are open."""

    shop_id: UUID
    by_day: dict[int, deque[SoldOrder]] = field(default_factory=dict)
    claims: list[UUID] = field(default_factory=list)
    refunded: int = 0
    claimed: int = 0
    errors: list[str] = field(default_factory=list)

    def note(self, day: int, one: SoldOrder) -> None:
        """Somebody will come back with it."""
        if one.sale.fate:
            self.by_day.setdefault(day + one.sale.after, deque()).append(one)

    def happen(self, day: int, now: datetime) -> None:
        """All of a day."""
        for one in self.by_day.pop(day, ()):
            try:
                self._one(one, now)
            except Exception as error:
                self.errors.append(f"{one.sale.fate} of {one.number}: {type(error).__name__} {error}"[:200])
        self._decide(now)

    def at_channel(self, now: datetime) -> list[Moved]:
        """The channel gives back what it was to give back."""
        moved = []
        for refund_id, number, payment, amount in rows(_AT_CHANNEL, self.shop_id):
            settle_refund(shop_id=self.shop_id, refund_id=refund_id, outcome=Succeeded(f"R{number}"), now=now)
            moved.append(Moved(now, payment, number, -int(amount)))
        return moved

    def _one(self, one: SoldOrder, now: datetime) -> None:
        shop_id = self.shop_id
        if one.sale.fate == CLAIM:
            actor = f"client:{one.sale.buyer}"
            reveal_codes(shop_id=shop_id, order_id=one.id, line_id=one.line_id, actor=actor, ip="192.0.2.7", now=now)
            made = make_claim(
                shop_id=shop_id, order_id=one.id, line_id=one.line_id, reason="invalid", fresh=True, actor=actor,
                now=now,
            )  # fmt: skip
            self.claims.append(made.case.id)
            self.claimed += 1
        elif one.sale.fate == WHOLE or one.total < 2:
            refund_order(shop_id=shop_id, order_id=one.id, reason="year", actor="year", now=now)
            self.refunded += 1
        else:
            part = Money(max(1, one.total * (1 + one.sale.after) // 31), "CNY")
            refund_part(
                shop_id=shop_id, order_id=one.id, amount=part, reason="year", actor="year", proven=True, now=now
            )  # fmt: skip
            self.refunded += 1

    def _decide(self, now: datetime) -> None:
        """Whoever is on duty believes every buyer."""
        still = []
        for case_id in self.claims:
            state = cases.case(self.shop_id, case_id).state
            if state in (case_states.PERSON, case_states.ASKING):
                try:
                    decide_case(
                        shop_id=self.shop_id, case_id=case_id, action=case_states.REFUND, proven=True, actor=STAFF,
                        by=decided_by(STAFF, by_staff=True, proven=True), now=now,
                    )  # fmt: skip
                except CaseMoved:
                    continue
                except Exception as error:
                    self.errors.append(f"case {case_id}: {type(error).__name__} {error}"[:200])
                still.append(case_id)
            elif state in (case_states.CHECKING, case_states.CARRYING):
                still.append(case_id)
        self.claims = still
