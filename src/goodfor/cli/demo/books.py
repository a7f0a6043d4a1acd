"""Compares what payments say with the books of the stand-in: two witnesses that share nothing."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from goodfor.payments.models import Payment, Refund


def differences(shop_id: UUID, books: Mapping[str, Any]) -> list[str]:
    """Each trade whose money in or out is not what our payments say; empty when both agree to the fen."""
    theirs = {t["out_trade_no"]: (int(t["paid_fen"]), int(t["refunded_fen"])) for t in books["trades"]}
    back: dict[UUID, int] = defaultdict(int)
    rows = Refund.objects.filter(shop_id=shop_id, state="succeeded").values_list("payment_id", "amount_minor")
    for payment_id, amount in rows:
        back[payment_id] += amount
    payments = Payment.objects.filter(shop_id=shop_id, provider="epay").values_list("id", "number", "captured_minor")
    ours = {number: (captured, back[payment_id]) for payment_id, number, captured in payments}
    found = []
    for number in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(number, (0, 0)), theirs.get(number, (0, 0))
        if mine != other:
            found.append(f"{number}: ours {mine}, theirs {other}")
    if not books["totals"]["balanced"]:
        found.append("the stand-in's own books do not balance")
    return found


def open_money(shop_id: UUID) -> int:
    """Refunds that have not arrived yet."""
    return Refund.objects.filter(shop_id=shop_id).exclude(state__in=("succeeded", "failed")).count()
