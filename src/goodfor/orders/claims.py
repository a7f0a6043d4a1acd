"""Reads of claims, invoice titles and notes."""

import json
from collections.abc import Collection, Sequence
from uuid import UUID

from goodfor.delivery import queries as delivery
from goodfor.delivery.types import BoughtCode
from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.money import Money
from goodfor.orders import claim_states, given_back, given_states
from goodfor.orders.errors import InvalidClaim
from goodfor.orders.models import Claim, ClaimUnit, Given, InvoiceTitle, Note, Order
from goodfor.orders.types import DIRECT, ClaimOffer, ClaimView, Invoice, LineView, NoteView, OrderView, SoldLine
from goodfor.payments import queries as payments
from goodfor.payments.types import RefundView


def claim_view(row: Claim, currency: str = "", back: Collection[UUID] = ()) -> ClaimView:
    """A claim as its owner sees it, without their words; `back` are the refunds whose money is back."""
    return ClaimView(
        id=row.id,
        order_id=row.order_id,
        line_id=row.line_id,
        reason=row.reason,
        code_ids=tuple(row.code_ids),
        state=row.state,
        opened_at=row.opened_at,
        answer_by=row.answer_by,
        closed_at=row.closed_at,
        refund=Money(row.refund_minor, currency) if row.refund_minor and currency else None,
        refund_back=row.refund_id in back,
    )


def claims_of_order(shop_id: UUID, order_id: UUID) -> list[ClaimView]:
    """The claims on an order, latest first, with what they gave back."""
    rows = list(Claim.objects.filter(shop_id=shop_id, order_id=order_id).order_by("-id"))
    if not any(row.refund_id for row in rows):
        return [claim_view(row) for row in rows]
    order = Order.objects.filter(shop_id=shop_id, id=order_id).values_list("payment_id", "currency").first()
    assert order is not None
    assert order[0] is not None
    refunds = payments.refunds_of(shop_id, order[0])
    arrived = {given_back.root(r) for r in refunds if r.state == given_back.SUCCEEDED}
    back = {r.id for r in refunds if given_back.root(r) in arrived}
    return [claim_view(row, order[1], back) for row in rows]


def refund_of_claim(shop_id: UUID, order: OrderView, claim_id: UUID) -> RefundView | None:
    """The money that a claim brought, by its latest try: its own part, or the whole order's refund that met it."""
    row = Claim.objects.filter(shop_id=shop_id, order_id=order.id, id=claim_id, state=claim_states.REFUNDED).first()
    if row is None or order.payment_id is None:
        return None
    refunds = given_back.of_order(order.id, payments.refunds_of(shop_id, order.payment_id))
    own = next((given_back.root(one) for one in refunds if one.id == row.refund_id), given_back.whole_key(order.id))
    tries = [one for one in refunds if given_back.root(one) == own]
    return next((one for one in reversed(tries) if one.state != given_back.FAILED), tries[-1] if tries else None)


def claim_offer(
    shop_id: UUID, order: OrderView, line_id: UUID, code_ids: Sequence[UUID] = (), gift_id: UUID | None = None
) -> ClaimOffer:
    """What a claim on these codes of a line (none: all that it holds) would do now. `gift_id`: by whom it was given to.

    Raises InvalidClaim.
    """
    return offer_for(shop_id, order.id, order.payment_id, order.total, order.lines, line_id, code_ids, gift_id)


def remedied_codes(shop_id: UUID, line_ids: Collection[UUID]) -> set[UUID]:
    """Codes of these lines for which a claim gave money or another code, and that are not for sale again."""
    units = ClaimUnit.objects.filter(
        shop_id=shop_id, line_id__in=list(line_ids), state__in=sorted(claim_states.MET), restocked=False
    )
    return {code_id for code_id in units.values_list("code_id", flat=True) if code_id is not None}


def is_remedied(shop_id: UUID, code_id: UUID) -> bool:
    """Whether a claim gave money or another code for this one, and it is not for sale again."""
    met = sorted(claim_states.MET)
    return ClaimUnit.objects.filter(shop_id=shop_id, code_id=code_id, state__in=met, restocked=False).exists()


def is_claim(shop_id: UUID, order_id: UUID, claim_id: UUID) -> bool:
    """Whether a claim on this order has this id."""
    return Claim.objects.filter(shop_id=shop_id, order_id=order_id, id=claim_id).exists()


def held_codes(shop_id: UUID, line_ids: Sequence[UUID]) -> list[BoughtCode]:
    """What lines hold of what was paid for: codes sold to them or set aside, without those that had their remedy."""
    over = remedied_codes(shop_id, line_ids)
    return [code for code in delivery.bought_codes(shop_id, line_ids) if code.code_id not in over]


def is_whole(held: Sequence[BoughtCode], about: Collection[UUID], gifts: Collection[UUID]) -> bool:
    """Whether these are all codes that were paid for and that their buyer still holds: then the rest goes back.

    What was given on top goes with the rest, and brings nothing by itself. `gifts`: lines.
    """
    paid_for = [code.code_id for code in held if code.line_id not in gifts]
    return bool(paid_for) and all(code_id in about for code_id in paid_for)


def gift_stays(held: Sequence[BoughtCode], about: Collection[UUID], gifts: Collection[UUID]) -> bool:
    """Whether what was given on top would stay with a buyer who gives these codes back: it was seen, or others stay.

    Then nobody has the price back without being asked: else who orders what earns the gift and something small beside
    it gives the first back and keeps the gift. `gifts`: lines.
    """
    whole = is_whole(held, about, gifts)
    return any(code.line_id in gifts and not (whole and code.unseen) for code in held)


def keeps_gift(shop_id: UUID, lines: Sequence[SoldLine], about: Collection[UUID]) -> bool:
    """The same of codes of an order; where nothing was given on top nothing is read."""
    gifts = {line.line_id for line in lines if line.gift}
    return bool(gifts) and gift_stays(held_codes(shop_id, [line.line_id for line in lines]), about, gifts)


def offer_for(
    shop_id: UUID, order_id: UUID, payment_id: UUID | None, total: Money, lines: Sequence[LineView], line_id: UUID,
    code_ids: Sequence[UUID], gift_id: UUID | None = None,
) -> ClaimOffer:  # fmt: skip
    """The same from an order's parts. What was given away only whoever opened the gift claims. Raises InvalidClaim."""
    line = next((one for one in lines if one.line_id == line_id), None)
    if line is None or payment_id is None:
        raise InvalidClaim(field="line_id")
    refunds = payments.refunds_of(shop_id, payment_id)
    left = given_back.left(order_id, total, refunds)
    if line.kind == DIRECT:
        if code_ids:
            raise InvalidClaim(field="code_ids")
        return ClaimOffer((), 0, left, left, at_once=False, blocked=False, whole=True)
    held = held_codes(shop_id, [one.line_id for one in lines])
    asked = set(code_ids)
    theirs = _theirs(shop_id, held, line_id, gift_id)
    about = [code for code in theirs if not asked or code.code_id in asked]
    if not about or len(about) < len(asked):
        raise InvalidClaim(field="code_ids")
    seen = sum(1 for code in about if not code.unseen)
    gifts = {one.line_id for one in lines if one.gift}
    whole = is_whole(held, {code.code_id for code in about}, gifts)
    price = min(line.price_of(len(about)).amount_minor, left.amount_minor)
    running = given_back.owed(given_back.of_order(order_id, refunds)) or given_back.unfinished(refunds)
    running = running or payments.holds_back(shop_id, payment_id)
    running = running or any(case.state == "open" for case in payments.cases_of(shop_id, payment_id))
    # Where the staff gave so much back that the line's price is not left, the rest of the order is not this claim's.
    possible = left.amount_minor > 0 if whole else 0 < price < left.amount_minor
    kept = gift_stays(held, {code.code_id for code in about}, gifts)
    blocked = not seen and (running or not possible or kept)
    return ClaimOffer(
        codes=tuple(code.code_id for code in about),
        seen=seen,
        amount=left if whole else Money(price, total.currency),
        left=left,
        at_once=not seen and not blocked,
        blocked=blocked,
        whole=whole,
    )


def _theirs(shop_id: UUID, held: Sequence[BoughtCode], line_id: UUID, gift_id: UUID | None) -> list[BoughtCode]:
    """Of a line, what the buyer still has; of a gift, what whoever opened it has."""
    rows = Given.objects.filter(shop_id=shop_id, line_id=line_id, state__in=sorted(given_states.LIVE))
    if gift_id is None:
        away = set(rows.values_list("code_id", flat=True))
        return [code for code in held if code.line_id == line_id and code.code_id not in away]
    mine = set(rows.filter(gift_id=gift_id, state=given_states.PASSED).values_list("code_id", flat=True))
    return [code for code in held if code.line_id == line_id and code.code_id in mine]


def claims_of_orders(shop_id: UUID, order_ids: Sequence[UUID]) -> list[ClaimView]:
    """The claims on several orders, latest first."""
    return [claim_view(row) for row in Claim.objects.filter(shop_id=shop_id, order_id__in=order_ids).order_by("-id")]


def open_claims(shop_id: UUID, limit: int = 50) -> list[ClaimView]:
    """What waits for the staff, most urgent first."""
    rows = Claim.objects.filter(shop_id=shop_id, state=claim_states.OPEN).order_by("answer_by", "id")
    return [claim_view(row) for row in rows[: min(limit, 200)]]


def claim_text(shop_id: UUID, claim_id: UUID) -> str:
    """The buyer's own words; empty for none. For the owner and the staff."""
    row = Claim.objects.filter(shop_id=shop_id, id=claim_id).first()
    if row is None or row.text_blob is None or row.text_key_id is None:
        return ""
    return keyring().open(Sealed(row.text_key_id, bytes(row.text_blob)), claim_aad(claim_id)).decode()


def invoice_of_order(shop_id: UUID, order_id: UUID) -> Invoice | None:
    """The invoice title that came with an order. For the owner and the staff."""
    row = InvoiceTitle.objects.filter(shop_id=shop_id, order_id=order_id).first()
    if row is None:
        return None
    return Invoice(**json.loads(keyring().open(Sealed(row.key_id, bytes(row.blob)), invoice_aad(order_id))))


def claim_aad(claim_id: UUID) -> bytes:
    """What binds the sealed words of a claim to it."""
    return claim_id.bytes


def invoice_aad(order_id: UUID) -> bytes:
    """What binds a sealed title to its order."""
    return b"invoice:" + order_id.bytes


def notes_of_order(shop_id: UUID, order_id: UUID) -> list[NoteView]:
    """What the staff wrote about an order, latest first. For the staff alone."""
    rows = Note.objects.filter(shop_id=shop_id, order_id=order_id).order_by("-id")
    ring = keyring()
    return [
        NoteView(row.id, row.author, ring.open(Sealed(row.key_id, bytes(row.blob)), note_aad(row.id)).decode(), row.at)
        for row in rows
    ]


def note_aad(note_id: UUID) -> bytes:
    """What binds a sealed note to its row."""
    return b"note:" + note_id.bytes
