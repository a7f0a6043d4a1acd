"""Rows as views, and the secret of an account."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.money import Money
from goodfor.orders.types import HoldOrder
from goodfor.partners.models import Account, Exchange, Notice, Offer, Spend, Supply
from goodfor.partners.types import (
    AccountView,
    AccountWish,
    ExchangeView,
    NoticeView,
    OfferView,
    SpendView,
    SupplyView,
    WordView,
)


def secret_aad(shop_id: UUID, account_id: UUID) -> bytes:
    """What binds a secret to its account."""
    return b"partners.secret:" + shop_id.bytes + account_id.bytes


def seal_secret(row: Account, secret: str) -> None:
    """Put it into the row."""
    sealed = keyring().seal(secret.encode(), secret_aad(row.shop_id, row.id))
    row.secret_key_id, row.secret_blob = sealed.key_id, sealed.blob


def secret_of(row: Account) -> str:
    """Opened, to sign or to check a signature."""
    sealed = Sealed(row.secret_key_id, bytes(row.secret_blob))
    return keyring().open(sealed, secret_aad(row.shop_id, row.id)).decode()


def account_view(row: Account) -> AccountView:
    """A partner, without its secret."""
    wish = AccountWish(
        name=row.name, app_key=row.app_key, signing=row.signing, login_url=row.login_url, deduct_url=row.deduct_url,
        notice_url=row.notice_url, query_url=row.query_url, ips=tuple(row.ips), value_centi=row.value_centi,
        call_most=row.call_most, day_most=row.day_most, add_call_most=row.add_call_most,
        add_day_most=row.add_day_most, enabled=row.enabled,
    )  # fmt: skip
    return AccountView(
        row.id, row.shop_id, row.code, row.role, wish, row.currency, row.made_at, row.changed_at, row.changed_by
    )


def notice_view(row: Notice) -> NoticeView:
    """What a mall told."""
    return NoticeView(row.success, row.biz_id, row.message, row.times, row.first_at, row.last_at)


def spend_view(
    row: Spend, currency: str, notices: tuple[NoticeView, ...] = (), supply: Supply | None = None
) -> SpendView:
    """A number of a mall's."""
    return SpendView(
        id=row.id, order_num=row.order_num, kind=row.kind, state=row.state, owner=row.owner, units=row.units,
        actual=Money(row.actual_minor, currency), goods=row.goods, description=row.description, why=row.why,
        odd=row.odd, at=row.at, ended_at=row.ended_at, questions=row.questions, notices=notices,
        supply=SupplyView(supply.goods, supply.state, supply.why, supply.order_id) if supply else None,
    )  # fmt: skip


def offer_view(row: Offer) -> OfferView:
    """A SKU for a partner's people."""
    return OfferView(row.sku_id, row.units, row.on)


def exchange_view(row: Exchange, currency: str, *, secret: str = "", words: tuple[WordView, ...] = ()) -> ExchangeView:
    """An exchange."""
    return ExchangeView(
        id=row.id, order_num=row.order_num, uid=row.uid, sku_id=row.sku_id, units=row.units,
        worth=Money(row.worth_minor, currency), state=row.state, biz_id=row.biz_id, why=row.why, order_id=row.order_id,
        at=row.at, secret=secret, words=words,
    )  # fmt: skip


def hold_json(hold: HoldOrder | None) -> dict[str, Any] | None:
    """A hold as it is kept."""
    if hold is None:
        return None
    return {
        "decision": str(hold.decision_id) if hold.decision_id else "", "seconds": hold.for_.total_seconds(),
        "review": hold.review, "then": hold.then, "reasons": list(hold.reasons),
    }  # fmt: skip


def hold_of(kept: dict[str, Any] | None) -> HoldOrder | None:
    """As it was kept."""
    if kept is None:
        return None
    decision = UUID(kept["decision"]) if kept["decision"] else None
    return HoldOrder(decision, timedelta(seconds=kept["seconds"]), kept["review"], kept["then"], tuple(kept["reasons"]))
