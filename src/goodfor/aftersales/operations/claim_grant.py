"""Take what a guest was owed into the account that the order now belongs to."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import states
from goodfor.aftersales.errors import GrantNotFound
from goodfor.aftersales.grant_mapping import grant_view
from goodfor.aftersales.grant_models import WALLET, Grant
from goodfor.aftersales.operations.pay_grant import Payment, mark_paid, wallet_of
from goodfor.aftersales.types import GrantView
from goodfor.kernel import audit
from goodfor.ledger import operations as ledger
from goodfor.orders import queries as orders


@transaction.atomic(savepoint=False)
def claim_grant(*, shop_id: UUID, order_id: UUID, buyer_id: UUID, actor: str, now: datetime) -> list[GrantView]:
    """All of an order that is owed by wallet goes into the buyer's; what was paid of it, now or before.

    The order has been taken into the account (`orders.claim_orders`). The same again does nothing. Raises
    GrantNotFound: the order is another's, or nothing was ever owed on it.
    """
    buyer = f"buyer:{buyer_id}"
    if not _is(orders.buyer_of(shop_id, order_id), buyer_id):
        raise GrantNotFound
    rows = list(Grant.objects.filter(shop_id=shop_id, order_id=order_id, way=WALLET).order_by("id"))
    entries = []
    for row in (row for row in rows if row.state == states.OWED):
        account = wallet_of(shop_id, buyer, row.currency, now)
        entry = mark_paid(row, Payment(account, actor), now) if account else None
        if entry is None:
            # Somebody else was at it at the same moment.
            row.refresh_from_db(from_queryset=Grant.objects.filter(shop_id=shop_id))
            continue
        Grant.objects.filter(shop_id=shop_id, id=row.id).update(buyer=buyer)
        row.buyer = buyer
        entries.append((row, entry))
        audit.record(
            shop_id=shop_id, actor=actor, action="aftersales.grant_claimed", subject=("order", order_id),
            data={"kind": row.kind, "amount_minor": row.amount_minor, "currency": row.currency}, now=now,
        )  # fmt: skip
    for currency in sorted({row.currency for row, _entry in entries}):
        own = [entry for row, entry in entries if row.currency == currency]
        ledger.post(shop_id=shop_id, currency=currency, entries=own, now=now)
    paid = [grant_view(row) for row in rows if row.state == states.PAID and _is(row.buyer, buyer_id)]
    if not paid:
        raise GrantNotFound
    return paid


def _is(buyer: str, buyer_id: UUID) -> bool:
    kind, _, name = buyer.partition(":")
    return kind == "buyer" and name.replace("-", "") == buyer_id.hex
