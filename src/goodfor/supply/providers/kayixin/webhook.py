"""What a Kayixin site tells by itself: signed as our requests are, over the whole body."""

import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from goodfor.supply.providers.kayixin import signing
from goodfor.supply.providers.kayixin.orders import codes_of, order_of
from goodfor.supply.providers.kayixin.settings import Settings
from goodfor.supply.providers.numbers import BadReply, read_json, record, text, whole
from goodfor.supply.providers.values import (
    Call,
    CallProblem,
    Event,
    Heard,
    ItemEvent,
    Order,
    OrderEvent,
    Refused,
    Site,
    Ticket,
    TicketEvent,
)
from goodfor.supply.providers.wire import Wire

MAX_BODY: Final = 12 * 1024 * 1024
MAX_AGE: Final = 3 * 3600
_TICKETS: Final = {1: "waiting", 2: "handling", 3: "done", 4: "ended"}


class KayixinWebhook:
    """See `base.Webhook`."""

    def hear(self, site: Site, call: Call, now: float) -> Heard:
        """See `Webhook.hear`."""
        settings = Settings.of(site)
        if call.method != "POST" or len(call.body) > MAX_BODY:
            raise CallProblem("bad_shape")
        stamp = call.headers.get("x-timestamp", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) == 10):
            raise CallProblem("no_time")
        if call.headers.get("x-app-id") != settings.app_id or call.headers.get("x-version") != signing.VERSION:
            raise CallProblem("not_ours")
        ours = signing.sign(settings.app_id, settings.secret, stamp, call.body)
        if not signing.same(ours, call.headers.get("x-signature")):
            raise CallProblem("bad_signature")
        if abs(now - int(stamp)) > MAX_AGE:
            raise CallProblem("old")
        try:
            event = _event(settings, record(read_json(call.body)))
        except BadReply as problem:
            raise CallProblem(problem.code) from None
        return Heard(f"{type(event).__name__}:{hashlib.sha256(call.body).hexdigest()[:40]}", (event,))

    def subscribe(self, site: Site, wire: Wire, item_ids: Sequence[str], url: str) -> Refused | None:  # noqa: ARG002
        """The site's own settings say where changes go: nothing to call."""
        return None

    def unsubscribe(self, site: Site, wire: Wire, item_ids: Sequence[str]) -> Refused | None:  # noqa: ARG002
        """As `subscribe`."""
        return None


def _event(settings: Settings, told: Mapping[str, Any]) -> Event:
    if "reqId" in told:
        state = _TICKETS.get(whole(told.get("status")) or 0, "handling")
        ticket = Ticket(text(told.get("reqId"), 64), state, text(told.get("replay"), 2000))  # type: ignore[arg-type]
        return TicketEvent(ticket, text(told.get("outerNumber"), 64), text(told.get("orderNumber"), 64))
    if "outerNumber" in told:
        order = _with_codes(settings, order_of(told), told.get("cards"))
        return OrderEvent(order.number, order.ref, order)
    number = text(told.get("goodsId"), 32)
    if not number:
        raise BadReply("unknown_call")
    return ItemEvent(number)


def _with_codes(settings: Settings, order: Order, sealed: Any) -> Order:
    """The codes of a call come encrypted. Raises BadReply."""
    if not isinstance(sealed, str) or not sealed:
        return order
    try:
        rows = json.loads(signing.decrypt(sealed, settings.secret))
    except (ValueError, binascii.Error, RecursionError):
        raise BadReply("bad_cards") from None
    codes = codes_of(rows)
    return Order(
        state=order.state, number=order.number, ref=order.ref, charged=order.charged, refunded=order.refunded,
        codes=codes, has_codes=bool(codes), message=order.message, word=order.word,
    )  # fmt: skip
