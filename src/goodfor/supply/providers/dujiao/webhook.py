"""What a dujiao-next shop tells by itself: signed as our requests are, over the path of our own address."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

from goodfor.supply.providers.dujiao import signing
from goodfor.supply.providers.dujiao.orders import order_of
from goodfor.supply.providers.dujiao.settings import Settings
from goodfor.supply.providers.numbers import BadReply, read_json, record, text
from goodfor.supply.providers.values import Call, CallProblem, Heard, OrderEvent, Refused, Site
from goodfor.supply.providers.wire import Wire

MAX_BODY: Final = 1024 * 1024
#: Of the protocol, both ways.
SKEW: Final = 60
ACK: Final = b'{"ok":true,"message":"received"}'


class DujiaoWebhook:
    """See `base.Webhook`."""

    def hear(self, site: Site, call: Call, now: float) -> Heard:
        """See `Webhook.hear`."""
        settings = Settings.of(site)
        if call.method != "POST" or len(call.body) > MAX_BODY:
            raise CallProblem("bad_shape")
        stamp = call.headers.get(signing.TIME_HEADER.lower(), "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) == 10):
            raise CallProblem("no_time")
        if call.headers.get(signing.KEY_HEADER.lower()) != settings.api_key:
            raise CallProblem("not_ours")
        ours = signing.sign(settings.secret, call.method, call.path, stamp, call.body)
        if not signing.same(ours, call.headers.get(signing.SIGN_HEADER.lower())):
            raise CallProblem("bad_signature")
        if abs(now - int(stamp)) > SKEW:
            raise CallProblem("old")
        try:
            fields = record(read_json(call.body))
            event = _event(fields, settings.currency)
        except BadReply as problem:
            raise CallProblem(problem.code) from None
        return Heard(_key(fields), (event,), ACK, "application/json")

    def subscribe(self, site: Site, wire: Wire, item_ids: Sequence[str], url: str) -> Refused | None:  # noqa: ARG002
        """Items are not told about: nothing to call."""
        return None

    def unsubscribe(self, site: Site, wire: Wire, item_ids: Sequence[str]) -> Refused | None:  # noqa: ARG002
        """As `subscribe`."""
        return None


def _event(fields: dict[str, Any], currency: str) -> OrderEvent:
    """The codes are left to be asked for: only then it is known how many they should be. Raises BadReply."""
    number = text(fields.get("downstream_order_no"), 64)
    if not number:
        raise BadReply("no_number")
    told = order_of(fields, number, currency, None)
    return OrderEvent(number, told.ref, told)


def _key(fields: dict[str, Any]) -> str:
    """The same call again, at another time, has the same; what changed since makes another."""
    kept = {name: value for name, value in fields.items() if name != "timestamp"}
    told = json.dumps(kept, sort_keys=True, default=str).encode()
    return f"OrderEvent:{hashlib.sha256(told).hexdigest()[:40]}"
