"""Compares what payments say with the books of the stand-in: two witnesses that share nothing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

_OURS = """
SELECT p.number, p.captured_minor, coalesce(sum(r.amount_minor) FILTER (WHERE r.state = 'succeeded'), 0)::bigint
FROM payments_payment p LEFT JOIN payments_refund r ON r.shop_id = p.shop_id AND r.payment_id = p.id
WHERE p.shop_id = %s AND p.provider = %s GROUP BY p.number, p.captured_minor
"""
_OPEN = "SELECT count(*) FROM payments_refund WHERE shop_id = %s AND state NOT IN ('succeeded', 'failed')"


def differences(shop_id: UUID, books: Mapping[str, Any]) -> list[str]:
    """Each EPay trade whose money in or out (fen) is not what our payments say; empty when both agree."""
    return [*compare(shop_id, "epay", trades(books)), *problems(books)]


def trades(books: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """What EPay's books say came and went back (fen), by our number."""
    return {str(t["out_trade_no"]): (int(t["paid_fen"]), int(t["refunded_fen"])) for t in books["trades"]}


def problems(books: Mapping[str, Any]) -> list[str]:
    """What is odd in EPay's books themselves."""
    return [] if books["totals"]["balanced"] else ["the stand-in's own books do not balance"]


def compare(shop_id: UUID, provider: str, theirs: Mapping[str, tuple[int, int]]) -> list[str]:
    """Each payment of a provider whose money in or out (minor units) is not what `theirs` says of its number."""
    ours = {str(row[0]): (int(row[1]), int(row[2])) for row in _rows(_OURS, shop_id, provider)}
    found = []
    for number in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(number, (0, 0)), theirs.get(number, (0, 0))
        if mine != other:
            found.append(f"{number}: payments {mine}, stand-in {other}")
    return found


def open_refunds(shop_id: UUID) -> int:
    """Refunds that have not arrived yet."""
    return int(_rows(_OPEN, shop_id)[0][0])


def _rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
