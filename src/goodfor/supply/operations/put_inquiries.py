"""Write down what is to be asked of suppliers; the loop asks. In the caller's transaction, nothing is called here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from goodfor.kernel.loops import wake
from goodfor.kernel.statemachine import record_history
from goodfor.supply import states
from goodfor.supply.inquiry_models import BoughtCode, Inquiry


@dataclass(frozen=True, slots=True)
class Wish:
    """About a code, or (without one) about a purchase."""

    attempt_id: UUID
    supplier_id: UUID
    code_id: UUID | None = None
    text: str = ""


def bought_codes(shop_id: UUID, code_ids: Iterable[UUID]) -> list[BoughtCode]:
    """Those of the codes that came from suppliers, in a fixed order."""
    return list(BoughtCode.objects.filter(shop_id=shop_id, code_id__in=list(code_ids)).order_by("code_id"))


@transaction.atomic
def put_inquiries(
    *, shop_id: UUID, subject: UUID, kind: str, wishes: Iterable[Wish], anew: bool, now: datetime
) -> int:  # fmt: skip
    """How many are new. What is asked already, or was answered, is not asked again; `anew`: what ended is."""
    made = [row for wish in wishes if (row := _put(shop_id, subject, kind, wish, anew, now)) is not None]
    if made:
        transaction.on_commit(lambda: wake("supply.inquiries"))
    return len(made)


def _put(shop_id: UUID, subject: UUID, kind: str, wish: Wish, anew: bool, now: datetime) -> UUID | None:
    known = Inquiry.objects.filter(shop_id=shop_id, subject=subject, kind=kind, attempt_id=wish.attempt_id)
    known = known.filter(code_id=wish.code_id) if wish.code_id else known.filter(code_id__isnull=True)
    last = known.aggregate(last=Max("round"))["last"] or 0
    if last and (not anew or known.filter(state__in=sorted(states.INQUIRY_LIVE)).exists()):
        return None
    row = Inquiry(
        shop_id=shop_id, subject=subject, kind=kind, code_id=wish.code_id, attempt_id=wish.attempt_id,
        supplier_id=wish.supplier_id, round=last + 1, text=wish.text[:500], next_at=now, asked_at=now,
    )  # fmt: skip
    # Whoever asked the same at the same moment was first: then this one adds nothing.
    Inquiry.objects.bulk_create([row], ignore_conflicts=True)
    if not Inquiry.objects.filter(shop_id=shop_id, id=row.id).exists():
        return None
    record_history(
        shop_id=shop_id, machine=states.INQUIRY, subject_id=row.id, moves=[(None, states.INQUIRY_DUE)],
        actor="system", cause=f"subject:{subject}", now=now,
    )  # fmt: skip
    return row.id
