"""What Kakayun tells by itself: orders and items, all of it signed but what is empty."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from goodfor.supply.providers.kakayun import signing
from goodfor.supply.providers.kakayun.client import Caller, guarded
from goodfor.supply.providers.kakayun.orders import order_of
from goodfor.supply.providers.kakayun.settings import Settings
from goodfor.supply.providers.numbers import BadReply, read_json, record, text, whole
from goodfor.supply.providers.values import Call, CallProblem, Doubt, Event, Heard, ItemEvent, OrderEvent, Refused, Site
from goodfor.supply.providers.wire import Wire

MAX_BODY: Final = 4 * 1024 * 1024
#: They give no word about how old a call may be; a repeat comes within 75 minutes.
MAX_AGE: Final = 3 * 3600
MANY: Final = 100
#: Fields are signed with nothing between them but "&": one value must not hold what reads as another field.
_SMUGGLED: Final = re.compile(
    r"&(buynum|cardlist|cards|goods\w+|money|orderno|push_type|receipt|refund\w+|status|timestamp|update_time|usorderno)="
)


class KakayunWebhook:
    """See `base.Webhook`."""

    def hear(self, site: Site, call: Call, now: float) -> Heard:
        """See `Webhook.hear`."""
        settings = Settings.of(site)
        if call.method != "POST" or len(call.body) > MAX_BODY:
            raise CallProblem("bad_shape")
        try:
            fields = record(read_json(call.body))
            ours = signing.sign(fields, settings.key)
        except BadReply as problem:
            raise CallProblem(problem.code) from None
        if not signing.same(ours, fields.get("sign")):
            raise CallProblem("bad_signature")
        if any(isinstance(value, str) and _SMUGGLED.search(value) for value in fields.values()):
            raise CallProblem("ambiguous")
        stamp = text(fields.get("timestamp"), 11)
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) == 10):
            raise CallProblem("no_time")
        if abs(now - int(stamp)) > MAX_AGE:
            raise CallProblem("old")
        try:
            event = _event(fields)
        except BadReply as problem:
            raise CallProblem(problem.code) from None
        return Heard(_key(event, fields), (event,))

    def subscribe(self, site: Site, wire: Wire, item_ids: Sequence[str], url: str) -> Refused | Doubt | None:
        """See `Webhook.subscribe`. The address first, where they do not have it yet, then the items."""
        settings = Settings.of(site)
        if not all(one.isascii() and one.isdigit() for one in item_ids):
            return Refused("request", "item_id")

        def ask() -> None:
            caller = Caller(settings, wire)
            if url not in _texts(caller.post("subscribe", "user/geturl", {})):
                caller.post("subscribe", "user/seturl", {"receiveurl": url})
            for start in range(0, len(item_ids), MANY):
                fields = {"goodsid": [int(one) for one in item_ids[start : start + MANY]]}
                caller.post("subscribe", "goods/subscribe", fields)

        return guarded(ask)

    def unsubscribe(self, site: Site, wire: Wire, item_ids: Sequence[str]) -> Refused | Doubt | None:
        """See `Webhook.unsubscribe`. Never "all": other items may be told to others."""
        settings = Settings.of(site)
        if not all(one.isascii() and one.isdigit() for one in item_ids):
            return Refused("request", "item_id")

        def ask() -> None:
            for start in range(0, len(item_ids), MANY):
                fields = {"goodsid": [int(one) for one in item_ids[start : start + MANY]]}
                Caller(settings, wire).post("unsubscribe", "goods/cancelsubscribe", fields)

        return guarded(ask)


def _event(fields: Mapping[str, Any]) -> Event:
    if "usorderno" in fields:
        order = order_of(fields)
        return OrderEvent(order.number, order.ref, order)
    number = whole(fields.get("goodsid"))
    if number is None:
        raise BadReply("unknown_call")
    return ItemEvent(str(number))


def _texts(value: Any, depth: int = 0) -> list[str]:
    """All texts of a reply, however they are nested: addresses, of which one is looked for."""
    if isinstance(value, str):
        return [value]
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return [found for one in inner for found in _texts(one, depth + 1)] if depth < 4 else []


def _key(event: Event, fields: Mapping[str, Any]) -> str:
    """The same call again has the same; what changed since makes another."""
    kept = {name: value for name, value in fields.items() if name not in ("sign", "timestamp")}
    told = hashlib.sha256(signing.signed_text(kept).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{type(event).__name__}:{told[:40]}"
