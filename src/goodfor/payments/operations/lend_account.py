"""A channel account of the platform that its shops use: each has a row of its own with the platform's settings.

Payments, refunds, bills and books of a shop hang on its own row, so nothing of one shop is seen by another. What the
platform changes is passed on; what was begun stays with the version it was begun with.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.kernel import audit
from goodfor.kernel.tenancy import platform_job
from goodfor.payments.errors import AccountInvalid, AccountNotFound
from goodfor.payments.mandate_models import Mandate
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account, Payment
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.types import AccountView, Lender


@transaction.atomic
def lend_account(
    *, lender: Lender, to_shop_id: UUID, name: str = "", methods: Sequence[str] | None = None, actor: str, now: datetime
) -> AccountView:
    """Let another shop of the installation take money through this account; the same again renews it.

    For whoever runs the installation, never for a shop's own staff. Raises AccountNotFound, AccountInvalid.
    """
    if to_shop_id == lender.shop_id:
        raise AccountInvalid(_("收款账户已经属于这家店"), field="shop")
    row = _current(lender)
    if row.lender_shop_id is not None:
        raise AccountInvalid(_("借来的收款账户不能再借出"), field="code")
    offered = list(row.methods if methods is None else methods)
    if not set(offered) <= set(row.methods):
        raise AccountInvalid(field="methods")
    made = _pass_on(row, to_shop_id, name or row.name, offered, enabled=True, actor=actor, now=now)
    audit.record(
        shop_id=to_shop_id,
        actor=actor,
        action="payments.account_lent",
        subject=("payments.account", made.id),
        data={"provider": row.provider, "code": row.code, "lender": str(lender.shop_id)},
        now=now,
    )
    return made


@transaction.atomic
def recall_account(*, lender: Lender, from_shop_id: UUID, actor: str, now: datetime) -> None:
    """No new payments there; old ones are asked about and refunded as ever. Raises AccountNotFound."""
    rows = Account.objects.filter(
        shop_id=from_shop_id, lender_shop_id=lender.shop_id, lender_code=lender.code, valid_to__isnull=True
    )
    row = rows.first()
    if row is None or not rows.update(valid_to=now, enabled=False):
        raise AccountNotFound
    audit.record(
        shop_id=from_shop_id,
        actor=actor,
        action="payments.account_recalled",
        subject=("payments.account", row.id),
        data={"provider": row.provider, "code": row.code},
        now=now,
    )


def renew_loans(*, lender: Lender, actor: str, now: datetime) -> int:
    """The platform changed its account: every shop that uses it has the new version; how many. In its transaction."""
    row = _current(lender)
    with platform_job("pass an account on to those who borrow it"):
        loans = list(
            Account.objects.filter(lender_shop_id=lender.shop_id, lender_code=lender.code, valid_to__isnull=True)
        )
    for loan in loans:
        kept = [method for method in loan.methods if method in row.methods] or list(row.methods)
        _pass_on(row, loan.shop_id, loan.name, kept, enabled=loan.enabled and row.enabled, actor=actor, now=now)
    return len(loans)


def borrower_of(*, shop_id: UUID, account_id: UUID, number: str) -> tuple[UUID, UUID] | None:
    """(shop, account) of the payment or mandate with this number that was begun through a loan of this account.

    Some channels know one address for all that an account does: what concerns another shop is handed on.
    """
    row = Account.objects.filter(shop_id=shop_id, id=account_id, lender_shop_id__isnull=True).first()
    if row is None or not number or Payment.objects.filter(shop_id=shop_id, number=number).exists():
        return None
    with platform_job("whose payment a call is about"):
        loans = Account.objects.filter(lender_shop_id=shop_id, lender_code=row.code)
        found = Payment.objects.filter(number=number, account_id__in=loans.values("id"))
        signed = Mandate.objects.filter(number=number, account_id__in=loans.values("id"))
        return found.values_list("shop_id", "account_id").first() or signed.values_list("shop_id", "account_id").first()


def _current(lender: Lender) -> Account:
    row = Account.objects.filter(shop_id=lender.shop_id, code=lender.code, valid_to__isnull=True).first()
    if row is None:
        raise AccountNotFound
    return row


def _pass_on(
    row: Account, to_shop_id: UUID, name: str, methods: Sequence[str], *, enabled: bool, actor: str, now: datetime
) -> AccountView:
    return open_account(
        shop_id=to_shop_id,
        provider=row.provider,
        code=row.code,
        name=name,
        currency=row.currency,
        config=dict(row.config),
        secrets=dict(opened(row).secrets),
        methods=methods,
        enabled=enabled,
        actor=actor,
        now=now,
        lender=Lender(row.shop_id, row.code),
    )
