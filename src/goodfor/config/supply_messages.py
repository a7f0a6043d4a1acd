"""News of suppliers' accounts, told to the staff: wiring, as in `messages.py`."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from goodfor.identity import queries as identity
from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.notify import queries as notify
from goodfor.notify.operations.send import send
from goodfor.notify.types import STAFF, language_of
from goodfor.supply import events as supply_events
from goodfor.supply import queries as supply
from goodfor.supply.errors import SupplierNotFound


def listen() -> None:
    """Register everything; called once by the wiring."""
    heard: dict[type[events.Event], Callable[[StoredEvent], None]] = {
        supply_events.BalanceLow: on_balance_low,
        supply_events.BalanceBroken: on_balance_broken,
        supply_events.RefundedAfterSuccess: on_refunded,
    }
    for event_class, handler in heard.items():
        events.register(event_class, handler, name=f"supply_messages.{handler.__name__}", concern=_concern)


def _concern(event: StoredEvent) -> bool:
    """A shop without channels tells nobody."""
    return notify.speaks(event.shop_id)


def on_balance_low(event: StoredEvent) -> None:
    """Once for each fall: the event is numbered."""
    told = event.payload
    name = _name(event)
    if name is None:
        return
    with override(_locale(event)):
        lasts = _lasts(told["lasts_days"])
    facts = {
        "name": name,
        "left": _amount(told["left"], told["currency"]),
        "mark": _amount(told["mark"], told["currency"]),
        "lasts": lasts,
        "url": _url(event),
    }
    subject = f"supplier:{told['supplier_id']}:{told['which']}:{told['crossing']}"
    _tell(event, "supply_low", subject, {"supplier": facts})


def on_balance_broken(event: StoredEvent) -> None:
    """A new difference; the same one the next day is no news."""
    told = event.payload
    with override(_locale(event)):
        kind = _("余额不符")
        detail = _("%(day)s 相差 %(amount)s") % {
            "day": told["day"], "amount": _amount(told["difference"], told["currency"]),
        }  # fmt: skip
    _alert(event, kind, detail, f"supplier:{told['supplier_id']}:day:{told['day']}")


def on_refunded(event: StoredEvent) -> None:
    """Goods that came may be worth nothing."""
    told = event.payload
    attempt = supply.attempt(event.shop_id, UUID(told["attempt_id"]))
    with override(_locale(event)):
        kind = _("发货后供应商退款")
        detail = _("采购单 %(number)s 退回 %(amount)s，已发的卡密可能失效") % {
            "number": attempt.number, "amount": _amount(told["amount"], told["currency"]),
        }  # fmt: skip
    _alert(event, kind, detail, f"finding:{told['finding_id']}")


def _alert(event: StoredEvent, kind: str, detail: str, subject: str) -> None:
    name = _name(event)
    if name is None:
        return
    alert = {"kind": kind, "supplier": name, "detail": detail, "url": _url(event)}
    _tell(event, "supply_alert", subject, {"alert": alert})


def _lasts(days: int | None) -> str:
    if days is None:
        return ""
    return _("不到 1 天") if days < 1 else _("约 %(n)s 天") % {"n": days}


def _amount(text: str, currency: str) -> str:
    """With at least two decimals."""
    amount = Decimal(text)
    return f"{amount:.2f} {currency}" if amount == round(amount, 2) else f"{amount} {currency}"


def _name(event: StoredEvent) -> str | None:
    try:
        return supply.supplier(event.shop_id, UUID(event.payload["supplier_id"])).name
    except SupplierNotFound:
        return None


def _url(event: StoredEvent) -> str:
    return f"/console/supply/accounts/{event.payload['supplier_id']}/"


def _locale(event: StoredEvent) -> str:
    return "en" if language_of(identity.shop_by_id(event.shop_id).locale) == "en" else "zh-hans"


def _tell(event: StoredEvent, scene: str, subject: str, context: dict[str, Any]) -> None:
    send(
        shop_id=event.shop_id,
        scene=scene,
        audience=STAFF,
        subject=subject,
        recipients=notify.staff_recipients(event.shop_id, scene),
        context=context,
        language=language_of(identity.shop_by_id(event.shop_id).locale),
        now=event.occurred_at,
    )
