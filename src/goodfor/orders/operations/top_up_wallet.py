"""Enter money that a client paid into its wallet."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.money import Money
from goodfor.ledger import operations as ledger
from goodfor.orders import accounts


@transaction.atomic(savepoint=False)
def top_up_wallet(
    *, shop_id: UUID, client_id: UUID, wallet_account: str, amount: Money, reference: str, actor: str, now: datetime
) -> None:
    """Credit an API client's wallet, opening it if it is new; the same reference twice counts once.

    Raises ValueError for an amount that is not positive, IdempotencyMismatch for a reused reference.
    """
    if amount.amount_minor <= 0:
        raise ValueError("a top-up is positive")
    ledger.open_account(
        shop_id=shop_id, code=wallet_account, currency=amount.currency, guarded=True, floor_minor=0, slices=8, now=now
    )
    entry = accounts.top_up_entry(
        reference=f"topup:{reference}",
        wallet_account=wallet_account,
        amount_minor=amount.amount_minor,
        client_id=client_id,
        now=now,
    )
    ledger.post(shop_id=shop_id, currency=amount.currency, entries=(entry,), now=now)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="wallet_topped_up",
        subject=("api_client", client_id),
        data={"amount_minor": amount.amount_minor, "currency": amount.currency, "reference": reference[:80]},
        now=now,
    )
