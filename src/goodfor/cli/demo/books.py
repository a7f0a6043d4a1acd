"""Compares what payments say with the books of the stand-in: two witnesses that share nothing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

_OURS = """
SELECT p.number, p.captured_minor, coalesce(sum(r.amount_minor) FILTER (WHERE r.state = 'succeeded'), 0)::bigint
FROM payments_payment p LEFT JOIN payments_refund r ON r.shop_id = p.shop_id AND r.payment_id = p.id
WHERE p.shop_id = %s AND p.provider = 'epay' GROUP BY p.number, p.captured_minor
"""
_OPEN = "SELECT count(*) FROM payments_refund WHERE shop_id = %s AND state NOT IN ('succeeded', 'failed')"


def differences(shop_id: UUID, books: Mapping[str, Any]) -> list[str]:
    """Each trade whose money in or out (fen) is not what our payments say; empty when both agree."""
    theirs = {str(t["out_trade_no"]): (int(t["paid_fen"]), int(t["refunded_fen"])) for t in books["trades"]}
    ours = {str(row[0]): (int(row[1]), int(row[2])) for row in _rows(_OURS, shop_id)}
    found = []
    for number in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(number, (0, 0)), theirs.get(number, (0, 0))
        if mine != other:
            found.append(f"{number}: payments {mine}, stand-in {other}")
    if not books["totals"]["balanced"]:
        found.append("the stand-in's own books do not balance")
    return found


def open_refunds(shop_id: UUID) -> int:
    """Refunds that have not arrived yet."""
    return int(_rows(_OPEN, shop_id)[0][0])


def _rows(sql: str, shop_id: UUID) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [shop_id])
        return list(cursor.fetchall())
