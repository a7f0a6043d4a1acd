"""A supplier made good, in whole or in part, or never will."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.aftersales import accounts, states
from goodfor.aftersales.errors import InvalidMoney, RecoveryMoved, RecoveryNotFound
from goodfor.aftersales.grant_mapping import recovery_view
from goodfor.aftersales.grant_models import INTO, Recovered, Recovery
from goodfor.aftersales.types import RecoveryView
from goodfor.kernel import audit
from goodfor.kernel.money import EXPONENTS
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.supply import queries as supply
from goodfor.supply.operations.record_movement import record_movement

_LOCK = Statement("goodfor.aftersales", "sql/lock_recovery.sql")


@transaction.atomic(savepoint=False)
def settle_recovery(
    *, shop_id: UUID, recovery_id: UUID, amount_minor: int, into: str, reference: str, key: UUID, actor: str,
    now: datetime,
) -> RecoveryView:  # fmt: skip
    """`amount_minor` came: to the `bank`, onto the shop's `account` at the supplier, or `returned` on the purchase.

    `returned` is money that supply has booked when the purchase's refund was seen: it only meets the claim. `key` names
    it: the same again changes nothing. The caller has proved who is asking. Raises RecoveryNotFound, RecoveryMoved (it
    is over), InvalidMoney (more than is open, no reference, an account in another currency).
    """
    row = _locked(shop_id, recovery_id)
    if Recovered.objects.filter(shop_id=shop_id, id=key, recovery_id=recovery_id).exists():
        return recovery_view(row)
    if row.state not in (states.DUE, states.SENT):
        raise RecoveryMoved
    reference = reference.replace("\x00", "").strip()[:80]
    left = row.amount_minor - row.settled_minor
    if not 0 < amount_minor <= left:
        raise InvalidMoney(_("金额要大于 0，且不超过未收回的部分"), field="amount")
    if into not in INTO:
        raise InvalidMoney(field="into")
    if not reference:
        raise InvalidMoney(_("请填写流水号或说明"), field="reference")
    Recovered.objects.create(
        id=key, shop_id=shop_id, recovery_id=recovery_id, amount_minor=amount_minor, into=into, reference=reference,
        actor=actor, at=now,
    )  # fmt: skip
    if into == "account":
        _onto_the_account(row, amount_minor, key, actor, now)
    entry = accounts.settled_entry(
        recovery_id=row.id, key=key, account=row.account, into=into, amount_minor=amount_minor, order_id=row.order_id,
        line_id=row.line_id, sku_id=row.sku_id, now=now,
    )  # fmt: skip
    ledger.post(shop_id=shop_id, currency=row.currency, entries=(entry,), actor=actor, now=now)
    Recovery.objects.filter(shop_id=shop_id, id=row.id).update(settled_minor=row.settled_minor + amount_minor, **(
        {"state": states.SETTLED, "ended_at": now, "ended_by": actor} if amount_minor == left else {}
    ))  # fmt: skip
    if amount_minor == left:
        _history(row, states.SETTLED, actor, into, now)
    audit.record(
        shop_id=shop_id, actor=actor, action="aftersales.recovery_settled", subject=("order", row.order_id),
        data={
            "amount_minor": amount_minor, "currency": row.currency, "into": into, "reference": reference,
            "supplier_id": str(row.supplier_id),
        },
        now=now,
    )  # fmt: skip
    return recovery_view(Recovery.objects.get(shop_id=shop_id, id=row.id))


@transaction.atomic(savepoint=False)
def write_off_recovery(*, shop_id: UUID, recovery_id: UUID, note: str, actor: str, now: datetime) -> RecoveryView:
    """What is still open will not come. The caller has proved who is asking; `note` says why.

    Raises RecoveryNotFound, RecoveryMoved (it is over), InvalidMoney (no note).
    """
    row = _locked(shop_id, recovery_id)
    if row.state not in (states.DUE, states.SENT):
        raise RecoveryMoved
    note = note.replace("\x00", "").strip()[:200]
    if not note:
        raise InvalidMoney(_("请写明为什么核销"), field="note")
    left = row.amount_minor - row.settled_minor
    Recovery.objects.filter(shop_id=shop_id, id=row.id).update(
        state=states.WRITTEN_OFF, ended_at=now, ended_by=actor, note=note
    )
    _history(row, states.WRITTEN_OFF, actor, "written_off", now)
    entry = accounts.written_off_entry(
        recovery_id=row.id, account=row.account, amount_minor=left, order_id=row.order_id, line_id=row.line_id,
        sku_id=row.sku_id, now=now,
    )  # fmt: skip
    ledger.post(shop_id=shop_id, currency=row.currency, entries=(entry,), actor=actor, now=now)
    audit.record(
        shop_id=shop_id, actor=actor, action="aftersales.recovery_written_off", subject=("order", row.order_id),
        data={"amount_minor": left, "currency": row.currency, "note": note, "supplier_id": str(row.supplier_id)},
        now=now,
    )  # fmt: skip
    return recovery_view(Recovery.objects.get(shop_id=shop_id, id=row.id))


def _locked(shop_id: UUID, recovery_id: UUID) -> Recovery:
    if _LOCK.row({"shop_id": shop_id, "recovery_id": recovery_id}) is None:
        raise RecoveryNotFound
    return Recovery.objects.get(shop_id=shop_id, id=recovery_id)


def _history(row: Recovery, to: str, actor: str, cause: str, now: datetime) -> None:
    record_history(
        shop_id=row.shop_id, machine=states.RECOVERY, subject_id=row.id, moves=[(row.state, to)], actor=actor,
        cause=cause, now=now,
    )  # fmt: skip


def _onto_the_account(row: Recovery, amount_minor: int, key: UUID, actor: str, now: datetime) -> None:
    """As if they had paid it back and the shop had paid it in again, so that their balance is still explained."""
    supplier = supply.supplier(row.shop_id, row.supplier_id)
    if supplier.currency != row.currency:
        raise InvalidMoney(_("供应商账户是别的币种，请按银行到账登记"), field="into")
    record_movement(
        shop_id=row.shop_id, supplier_id=row.supplier_id, kind="top_up",
        amount=Decimal(amount_minor).scaleb(-EXPONENTS[row.currency]), shop_currency=row.currency, key=key,
        note=f"{row.number}", actor=actor, now=now,
    )  # fmt: skip
