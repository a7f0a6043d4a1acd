"""Where codes came from, and what was asked of suppliers about them."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from goodfor.kernel.money import EXPONENTS
from goodfor.supply import entries
from goodfor.supply.abilities import abilities
from goodfor.supply.errors import AttemptNotFound
from goodfor.supply.inquiry_models import BoughtCode, Inquiry
from goodfor.supply.inquiry_types import CodeOrigin, InquiryView, Returned
from goodfor.supply.models import Supplier
from goodfor.supply.providers.registry import connector_for
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.supply.returns import other_returns


def origin_of_codes(shop_id: UUID, code_ids: Iterable[UUID]) -> dict[UUID, CodeOrigin]:
    """Of the codes that came from suppliers; the shop's own are left out."""
    found = list(BoughtCode.objects.filter(shop_id=shop_id, code_id__in=list(code_ids)))
    attempts = {
        one.id: one for one in Attempt.objects.filter(shop_id=shop_id, id__in={row.attempt_id for row in found})
    }
    suppliers = {
        one.id: one for one in Supplier.objects.filter(shop_id=shop_id, id__in={row.supplier_id for row in found})
    }
    return {row.code_id: _origin(row, attempts[row.attempt_id], suppliers[row.supplier_id]) for row in found}


def _origin(row: BoughtCode, attempt: Attempt, supplier: Supplier) -> CodeOrigin:
    can = abilities(
        connector_for(supplier.protocol), code_ref=row.code_ref, order_ref=attempt.ref, units=attempt.quantity,
        voidable=row.voidable,
    )  # fmt: skip
    return CodeOrigin(attempt.id, supplier.id, supplier.name, attempt.number, can.ask, can.void, can.complain)


def inquiries(shop_id: UUID, subject: UUID) -> list[InquiryView]:
    """Everything that was asked for a subject, in order."""
    rows = list(Inquiry.objects.filter(shop_id=shop_id, subject=subject).order_by("asked_at", "id"))
    names: Mapping[UUID, str] = dict(
        Supplier.objects.filter(shop_id=shop_id, id__in={row.supplier_id for row in rows}).values_list("id", "name")
    )
    numbers: Mapping[UUID, str] = dict(
        Attempt.objects.filter(shop_id=shop_id, id__in={row.attempt_id for row in rows}).values_list("id", "number")
    )
    return [
        InquiryView(
            row.id, row.subject, row.code_id, row.attempt_id, row.supplier_id, names.get(row.supplier_id, ""),
            numbers.get(row.attempt_id, ""), row.kind, row.round, row.state, row.said, row.used_at, row.tries,
            row.ticket, row.reply, row.amount_minor, row.currency, row.asked_at, row.next_at, row.ended_at,
        )
        for row in rows
    ]  # fmt: skip


def returned_of(shop_id: UUID, attempt_id: UUID) -> Returned:
    """What came back of a purchase, and how much of that is explained. Raises AttemptNotFound."""
    attempt = Attempt.objects.filter(shop_id=shop_id, id=attempt_id).first()
    if attempt is None:
        raise AttemptNotFound
    rate = Supplier.objects.values_list("rate", flat=True).get(shop_id=shop_id, id=attempt.supplier_id)
    currency = Want.objects.values_list("currency", flat=True).get(shop_id=shop_id, id=attempt.want_id)
    known = min(other_returns(attempt), attempt.refunded) if attempt.refunded else attempt.refunded
    amounts = (attempt.charged or attempt.max_cost, attempt.refunded, known)
    return Returned(*(entries.minor(one, rate, EXPONENTS[currency]) for one in amounts))
