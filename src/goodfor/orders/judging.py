"""What risk control is told of a sale, and how its answer becomes a hold."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.kernel.sql import Statement
from goodfor.orders import hold_states
from goodfor.orders.models import Order
from goodfor.orders.pricing import buyer_key
from goodfor.orders.types import DIRECT, HoldOrder, OrderView
from goodfor.payments import queries as payments
from goodfor.risk.types import Decision, Outcome, Value

_BUYER: Final = Statement(__package__, "sql/judged_buyer.sql")
#: Orders of a buyer that are looked at: the newest so many, within so many days.
LOOKED_AT, LOOKED_BACK = 200, timedelta(days=30)
#: Longer than people have for a review: whoever looks decides, and if nobody does the money goes back.
REVIEWED_FOR: Final = timedelta(hours=24)
#: Nobody can be asked for a proof where a program orders or a channel calls: the goods wait a little instead.
CHALLENGED_FOR: Final = timedelta(minutes=30)
HELD_FOR: Final = timedelta(hours=1)
_MOST_REASONS, _LONGEST_REASON = 20, 64
#: As good as money, of use to one person, somewhere between: how easily a stolen good of the kind is sold on.
_MONEY, _BETWEEN, _PERSONAL = 0.9, 0.5, 0.2
_FACE: Final = re.compile(r"[¥￥$€£]|\d\s*(元|块|刀|圆|yuan|rmb|cny|usd|hkd|eur|gbp|jpy)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BuyerFacts:
    """What a buyer's orders of the last days say. `paid_by`: payments of the newest paid ones, at most 20."""

    open: int
    paid: int
    unpaid: int
    last_second: int
    paid_by: tuple[UUID, ...] = ()

    @property
    def facts(self) -> dict[str, Value]:
        """As risk control knows them; shares of nothing are not known."""
        ended = self.paid + self.unpaid
        return {
            "unpaid_orders_open": self.open,
            "unpaid_share": round(self.unpaid / ended, 4) if ended else None,
            "last_second_share": round(self.last_second / self.paid, 4) if self.paid else None,
        }


def buyer_facts(shop_id: UUID, buyer_ref: str, now: datetime) -> BuyerFacts:
    """Of one buyer, in one statement over the newest of their orders."""
    row = _BUYER.row({
        "shop_id": shop_id, "buyer_ref": buyer_key(buyer_ref), "since": now - LOOKED_BACK, "limit": LOOKED_AT,
    })  # fmt: skip
    assert row is not None
    return BuyerFacts(row[0], row[1], row[2], row[3], tuple(row[4] or ()))


def buyer_named(shop_id: UUID, order_id: UUID) -> str:
    """Who acts on an order, as far as anybody named them; empty for customers of a program that it does not name.

    A program's many customers are not one person: what one of them does must not stand against the others.
    """
    row = Order.objects.filter(shop_id=shop_id, id=order_id).values_list("buyer_ref", "client_id").first()
    return named(*row) if row else ""


def named(buyer_ref: str | None, client_id: UUID | None) -> str:
    """The same of an order's columns."""
    return "" if buyer_ref == f"client:{client_id}" else buyer_ref or ""


def pay_facts(shop_id: UUID, order: OrderView, buyer: str, method: str, now: datetime) -> dict[str, Value]:
    """Of somebody who sets out to pay an order by `method`."""
    known = buyer_facts(shop_id, buyer, now) if buyer else None
    return {
        **(known.facts if known else {}),
        "quantity": order.quantity,
        "sku": str(order.lines[0].sku_id) if len(order.lines) == 1 else None,
        "sku_liquidity": liquidity_of(shop_id, [line.sku_id for line in order.lines]),
        "first_purchase_with_instrument": first_with(shop_id, known, method) if known else None,
        "seconds_to_expiry": max((order.pay_by - now).total_seconds(), 0.0),
    }


def first_with(shop_id: UUID, known: BuyerFacts, method: str) -> bool:
    """Whether a buyer never paid in this way before, as far as their newest orders tell; `method`: a brand's code."""
    if not known.paid_by:
        return True
    brand = method.partition("/")[2] or method
    return all(not paid.method.startswith(brand) for paid in payments.payments_by_ids(shop_id, known.paid_by))


def liquidity(delivery_kind: str, label: str) -> float:
    """How easily goods of this kind are sold on: 0 nobody buys them second hand, 1 as good as money.

    By what is known of every SKU: a code with an amount of money on its face is; a top-up went to one account.
    """
    if delivery_kind == DIRECT:
        return _PERSONAL
    return _MONEY if _FACE.search(label) else _BETWEEN


def liquidity_of(shop_id: UUID, sku_ids: Sequence[UUID]) -> float | None:
    """The highest of these SKUs; None for unknown ones."""
    kinds, guides = catalog.delivery_kinds(shop_id, sku_ids), catalog.guides(shop_id, sku_ids)
    return max((liquidity(kinds[one], guides[one].face_label) for one in sku_ids if one in guides), default=None)


def hold_of(decision: Decision) -> HoldOrder | None:
    """How an order waits by a decision about it; None: it does not.

    What is to be denied, looked at by people, or was let through as a sample of what is denied, goes back by itself;
    a hold ends by itself the other way. What is denied before anything is paid is refused by the face instead.
    """
    outcome = decision.outcome
    if outcome is Outcome.ALLOW:
        return None
    reasons = _codes(decision.reasons)
    if outcome is Outcome.CHALLENGE:
        return HoldOrder(decision.id, CHALLENGED_FOR, reasons=reasons)
    if outcome is Outcome.HOLD and not decision.sampled:
        return HoldOrder(decision.id, decision.hold or HELD_FOR, reasons=reasons)
    longest = max(REVIEWED_FOR, decision.hold or REVIEWED_FOR)
    return HoldOrder(decision.id, longest, review=True, then=hold_states.REFUSE, reasons=reasons)


def _codes(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(reason[:_LONGEST_REASON] for reason in reasons if reason)[:_MOST_REASONS]
