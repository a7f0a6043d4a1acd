"""Where an amount beyond the price goes, and that it went there. Steps of other operations, in their transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from goodfor.aftersales import accounts, states
from goodfor.aftersales.events import GrantPaid
from goodfor.aftersales.grant_models import HAND, WALLET, Grant
from goodfor.identity import queries as identity
from goodfor.identity.errors import BuyerNotFound, ClientNotFound
from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.ledger import queries as books
from goodfor.ledger.types import Entry
from goodfor.orders.operations.open_wallet import open_wallet

#: As wallets of API clients are opened where they pay in.
CLIENT_SLICES = 8


@dataclass(frozen=True, slots=True)
class Payment:
    """How it was paid: into a wallet (`account`), or by hand under a `reference`; `by` is who did it."""

    account: str
    by: str
    reference: str = ""

    @property
    def way(self) -> str:
        """By hand where there is a reference."""
        return HAND if self.reference else WALLET


def wallet_of(shop_id: UUID, buyer: str, currency: str, now: datetime) -> str:
    """The ledger account of the wallet of an account or an API client, opened if it is new; empty for guests."""
    kind, _, name = buyer.partition(":")
    try:
        if kind == "buyer":
            buyer_id = identity.buyer_view(shop_id, UUID(name)).id
            return open_wallet(shop_id=shop_id, buyer_id=buyer_id, currency=currency, now=now)
        if kind == "client":
            client = identity.client_of_shop(shop_id=shop_id, client_id=UUID(name))
            return _client_wallet(shop_id, client.wallet_account, currency, now)
    except (BuyerNotFound, ClientNotFound):
        # Erased meanwhile: it stays owed, and the staff can pay it by hand.
        return ""
    return ""


def _client_wallet(shop_id: UUID, account: str, currency: str, now: datetime) -> str:
    if not any(one.code == account for one in books.balances(shop_id, account, currency)):
        ledger.open_account(
            shop_id=shop_id, code=account, currency=currency, guarded=True, slices=CLIENT_SLICES, now=now
        )
    return account


def mark_paid(row: Grant, payment: Payment, now: datetime) -> Entry | None:
    """Move it from owed to paid, with history and event; the entry that books it, or None: somebody was faster."""
    paid = {
        "state": states.PAID, "way": payment.way, "paid_at": now, "paid_by": payment.by,
        "account": "" if payment.reference else payment.account, "reference": payment.reference,
    }  # fmt: skip
    owed = Grant.objects.filter(shop_id=row.shop_id, id=row.id, state=states.OWED)
    if owed.update(**paid) != 1:
        return None
    for name, value in paid.items():
        setattr(row, name, value)
    record_history(
        shop_id=row.shop_id, machine=states.GRANT, subject_id=row.id, moves=[(states.OWED, states.PAID)],
        actor=payment.by, cause=payment.way, now=now,
    )  # fmt: skip
    event = GrantPaid(row.id, row.order_id, row.number, row.kind, row.amount_minor, row.currency)
    publish(shop_id=row.shop_id, event=event, cause=("aftersales.grant", row.id), now=now)
    return accounts.paid_entry(
        grant_id=row.id, amount_minor=row.amount_minor, account=payment.account, order_id=row.order_id,
        line_id=row.line_id, sku_id=row.sku_id, now=now,
    )  # fmt: skip
