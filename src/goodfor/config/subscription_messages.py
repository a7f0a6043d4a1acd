"""News of subscriptions, told to whoever has them: wiring, as in `messages.py`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from goodfor.config.telling import account, shop_locale, tell_account
from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.kernel.money import Money
from goodfor.notify import queries as notify
from goodfor.subscriptions import events as told
from goodfor.subscriptions import queries as subscriptions
from goodfor.subscriptions import states

#: Where a member sees all of it, as stored messages link to it.
ONE: Final = "/me/subscriptions/{}"
_WHYS: Final[Mapping[str, Any]] = {
    states.CANCELLED: gettext_lazy("你取消了续订"),
    states.LAPSED: gettext_lazy("几次扣款都没有成功"),
    states.MANDATE_LOST: gettext_lazy("扣款授权已在支付渠道解除"),
    states.REFUSED_FIRST: gettext_lazy("首期扣款没有成功，没有扣钱"),
    states.ODD_AMOUNT: gettext_lazy("收到的金额不对，客服会联系你"),
    states.MONEY_BACK: gettext_lazy("已退款"),
    states.DISPUTED: gettext_lazy("银行已把款退回"),
    states.BY_STAFF: gettext_lazy("客服结束了这份订阅"),
}


def listen() -> None:
    """Called once by the wiring."""
    for event, handler in (
        (told.RenewalAnnounced, on_renewal_announced),
        (told.PeriodPaid, on_period_paid),
        (told.ChargeFailed, on_charge_failed),
        (told.MandateLost, on_mandate_lost),
        (told.SubscriptionEnded, on_subscription_ended),
        (told.PicksWaiting, on_picks_waiting),
        (told.PicksSettled, on_picks_settled),
    ):
        events.register(event, handler, name=f"subscription_messages.{handler.__name__}", concern=concern)


def concern(event: StoredEvent) -> bool:
    """A shop without channels tells nobody, and nobody is told that they did not sign."""
    return notify.speaks(event.shop_id) and event.payload.get("why") not in (states.NOT_SIGNED, states.ERASED)


def on_renewal_announced(event: StoredEvent) -> None:
    """Five days before it is charged, as automatic renewals have to be told."""
    _tell(event, "subscription_renewing", "renewing", amount=_amount(event), at=_time(event.payload["charge_at"]))


def on_period_paid(event: StoredEvent) -> None:
    """It was charged; its picks are open."""
    until = subscriptions.period(event.shop_id, UUID(event.payload["period_id"]), event.occurred_at).ends_at
    _tell(event, "subscription_paid", "paid", amount=_amount(event), at=until)


def on_charge_failed(event: StoredEvent) -> None:
    """Each try is told, with the next one."""
    attempt = f"unpaid:{event.payload['attempt']}"
    _tell(event, "subscription_unpaid", attempt, amount=_amount(event), at=_time(event.payload["next_try_at"]))


def on_mandate_lost(event: StoredEvent) -> None:
    """It can be signed anew."""
    _tell(event, "subscription_unsigned", f"unsigned:{event.id}", at=_time(event.payload["until"]))


def on_subscription_ended(event: StoredEvent) -> None:
    """It is over, and why."""
    _tell(event, "subscription_ended", "ended", why=_said(event, _WHYS.get(event.payload["why"], "")))


def on_picks_waiting(event: StoredEvent) -> None:
    """Some days before the period ends."""
    sent = event.payload
    _tell(
        event, "picks_waiting", f"waiting:{sent['days']}", left=str(sent["left"]), days=str(sent["days"]),
        at=_time(sent["ends_at"]),
    )  # fmt: skip


def on_picks_settled(event: StoredEvent) -> None:
    """What the plan gave in the place of picks."""
    why = {
        states.GOODS: gettext_lazy("已按方案自动给你，在订单里查看"),
        states.POINTS: gettext_lazy("已换成积分"),
    }.get(event.payload["given"], gettext_lazy("商品暂时缺货，7 天内还可以自己选"))
    _tell(event, "picks_settled", "settled", left=str(event.payload["picks"]), why=_said(event, why))


def _amount(event: StoredEvent) -> Money:
    return Money(event.payload["amount_minor"], event.payload["currency"])


def _time(text: str) -> datetime | str:
    return datetime.fromisoformat(text) if text else ""


def _said(event: StoredEvent, words: Any) -> str:
    """In the language of whom it is told to."""
    found = account(event.shop_id, UUID(event.payload["owner"]))
    language = found[1] if found else shop_locale(event.shop_id)
    with override("en" if language == "en" else "zh-hans"):
        return str(words) or _("已结束")


def _tell(event: StoredEvent, scene: str, what: str, **more: Any) -> None:
    sent = event.payload
    view = subscriptions.subscription(event.shop_id, UUID(sent["subscription_id"]), event.occurred_at)
    subject = f"subscription:{sent.get('period_id', sent['subscription_id'])}:{what}"
    context = {"subscription": {"name": view.plan.name, **more, "url": ONE.format(sent["subscription_id"])}}
    tell_account(event, scene, UUID(sent["owner"]), subject, context)
