"""What a buyer takes along of their claims: words, decisions, messages, amounts and pictures."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from goodfor.aftersales import queries as aftersales
from goodfor.orders import queries as orders
from goodfor.orders.types import OrderView
from goodfor.storefront.claim_grants import ShownGrant, grants_of_claim
from goodfor.storefront.claim_progress import decision_words
from goodfor.storefront.claims import ShownClaim, claims_of

#: So many orders are asked for their claims at once.
CHUNK = 500


def claims_kept(shop_id: UUID, held: Sequence[OrderView]) -> dict[UUID, list[dict[str, Any]]]:
    """The claims on these orders, by order."""
    return {
        order.id: [_claim(shop_id, order, shown) for shown in claims_of(shop_id, order)]
        for order in _some(shop_id, held)
    }


def pictures_of_claims(shop_id: UUID, held: Sequence[OrderView]) -> Iterator[tuple[str, bytes]]:
    """File name and content of every picture that the buyer added to a claim."""
    for order in _some(shop_id, held):
        for shown in claims_of(shop_id, order):
            for picture in aftersales.pictures_of(shop_id, shown.claim.id):
                name = _picture_name(order, shown, picture.position)
                yield name, aftersales.picture_content(shop_id, shown.claim.id, picture.id)


def _some(shop_id: UUID, held: Sequence[OrderView]) -> list[OrderView]:
    """Those of the orders that have claims."""
    found: set[UUID] = set()
    for start in range(0, len(held), CHUNK):
        part = [order.id for order in held[start : start + CHUNK]]
        found |= {claim.order_id for claim in orders.claims_of_orders(shop_id, part)}
    return [order for order in held if order.id in found]


def _claim(shop_id: UUID, order: OrderView, shown: ShownClaim) -> dict[str, Any]:
    claim = shown.claim
    decisions = aftersales.decisions(shop_id, claim.id) if shown.case else []
    return {
        "opened_at": claim.opened_at,
        "closed_at": claim.closed_at,
        "reason": claim.reason,
        "reason_text": shown.reason,
        "state": claim.state,
        "state_text": shown.label,
        "title": shown.line.title,
        "text": orders.claim_text(shop_id, claim.id),
        "decisions": [
            {"at": one.at, "action": one.action, "why": one.why, "text": decision_words(one.action), "note": one.note}
            for one in decisions
        ],
        "messages": [
            {"at": reply.at, "from": "buyer" if reply.by_buyer else "shop", "text": reply.text}
            for reply in (aftersales.replies(shop_id, claim.id) if shown.case else [])
        ],
        "rating": shown.case.rating if shown.case else None,
        "grants": [_grant(one) for one in grants_of_claim(shop_id, order.id, claim.id)],
        "pictures": [
            _picture_name(order, shown, picture.position) for picture in aftersales.pictures_of(shop_id, claim.id)
        ],
    }


def _picture_name(order: OrderView, shown: ShownClaim, position: int) -> str:
    return f"{order.number}-{shown.claim.id.hex[-8:]}-{position}.webp"


def _grant(shown: ShownGrant) -> dict[str, Any]:
    grant = shown.grant
    return {
        "kind": grant.kind,
        "kind_text": shown.kind,
        "amount": grant.amount.as_decimal_string(),
        "currency": grant.amount.currency,
        "state": grant.state,
        "made_at": grant.made_at,
        "paid_at": grant.paid_at,
    }
