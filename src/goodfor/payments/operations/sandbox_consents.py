"""Consents in the books of the built-in sandbox channel: opened, signed, ended, charged. Demo, tests and soaks only."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.money import Money
from goodfor.payments.models import SandboxTrade
from goodfor.payments.sandbox_models import SandboxConsent


def open_consent(*, shop_id: UUID, account_id: UUID, number: str, most: Money, return_url: str) -> None:
    """Make it known; again changes nothing."""
    SandboxConsent.objects.bulk_create(
        [
            SandboxConsent(
                shop_id=shop_id, account_id=account_id, number=number, most_minor=most.amount_minor,
                currency=most.currency, return_url=return_url[:300],
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def sign_consent(*, shop_id: UUID, number: str) -> str | None:
    """Its holder signs: where he goes then; None when it is not open any more."""
    row = SandboxConsent.objects.filter(shop_id=shop_id, number=number).first()
    if row is None or not SandboxConsent.objects.filter(shop_id=shop_id, id=row.id, state="open").update(
        state="signed"
    ):
        return None
    return row.return_url


def end_consent(*, shop_id: UUID, number: str) -> None:
    """Nobody is charged by it any more; again changes nothing."""
    SandboxConsent.objects.filter(shop_id=shop_id, number=number).update(state="ended")


def set_mood(*, shop_id: UUID, number: str, refuses: str) -> None:
    """Its charges are refused by that code from now on; empty: they are not."""
    SandboxConsent.objects.filter(shop_id=shop_id, number=number).update(refuses=refuses[:32])


def take_by_consent(
    *, shop_id: UUID, account_id: UUID, consent: str, number: str, amount: Money, now: datetime
) -> str:  # fmt: skip
    """Take the money, once for a number; empty, or why not: no_funds, needs_buyer, limit, mandate_ended."""
    if SandboxTrade.objects.filter(shop_id=shop_id, number=number, state="paid").exists():
        return ""
    row = SandboxConsent.objects.filter(shop_id=shop_id, account_id=account_id, number=consent).first()
    if row is None or row.state != "signed":
        return "mandate_ended"
    if row.refuses:
        return row.refuses
    if amount.currency != row.currency or amount.amount_minor > row.most_minor:
        return "limit"
    with transaction.atomic():
        SandboxTrade.objects.bulk_create(
            [
                SandboxTrade(
                    shop_id=shop_id, account_id=account_id, number=number, amount_minor=amount.amount_minor,
                    currency=amount.currency, state="paid", paid_at=now,
                )
            ],
            ignore_conflicts=True,
        )  # fmt: skip
    return ""
