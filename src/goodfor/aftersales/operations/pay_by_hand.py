"""Write down that the staff transferred what a buyer was owed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.aftersales import accounts, states
from goodfor.aftersales.errors import GrantMoved, GrantNotFound, InvalidMoney
from goodfor.aftersales.grant_mapping import grant_view
from goodfor.aftersales.grant_models import Grant
from goodfor.aftersales.operations.pay_grant import Payment, mark_paid
from goodfor.aftersales.types import GrantView
from goodfor.kernel import audit
from goodfor.ledger import operations as ledger

MOST_REFERENCE = 80


@transaction.atomic(savepoint=False)
def pay_by_hand(*, shop_id: UUID, grant_id: UUID, reference: str, actor: str, now: datetime) -> GrantView:
    """Nothing is paid here: the transfer `reference` names has been made. The same reference again changes nothing.

    The caller has proved who is asking. Raises GrantNotFound, GrantMoved (paid otherwise), InvalidMoney (no reference).
    """
    row = Grant.objects.filter(shop_id=shop_id, id=grant_id).first()
    if row is None:
        raise GrantNotFound
    reference = reference.replace("\x00", "").strip()[:MOST_REFERENCE]
    if not reference:
        raise InvalidMoney(_("请填写转账流水号"), field="reference")
    if row.state == states.PAID and row.reference == reference:
        return grant_view(row)
    entry = mark_paid(row, Payment(accounts.BANK, actor, reference), now) if row.state == states.OWED else None
    if entry is None:
        raise GrantMoved
    ledger.post(shop_id=shop_id, currency=row.currency, entries=(entry,), actor=actor, now=now)
    audit.record(
        shop_id=shop_id, actor=actor, action="aftersales.grant_paid_by_hand", subject=("order", row.order_id),
        data={
            "kind": row.kind, "amount_minor": row.amount_minor, "currency": row.currency, "reference": reference,
        },
        now=now,
    )  # fmt: skip
    return grant_view(row)
