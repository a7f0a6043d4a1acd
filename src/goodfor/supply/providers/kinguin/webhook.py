"""What Kinguin tells by itself. Only a shared word proves the caller, nothing is signed: a reason to ask, no more."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from goodfor.supply.providers.kinguin.settings import Settings
from goodfor.supply.providers.numbers import BadReply, read_json, record, text
from goodfor.supply.providers.values import Call, CallProblem, Event, Heard, ItemEvent, OrderEvent, Refused, Site
from goodfor.supply.providers.wire import Wire

MAX_BODY: Final = 256 * 1024
_ITEM: Final = re.compile(r"[0-9]{1,30}")
_NUMBER: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")


class KinguinWebhook:
    """See `base.Webhook`."""

    def hear(self, site: Site, call: Call, now: float) -> Heard:  # noqa: ARG002
        """See `Webhook.hear`. Calls come in any order and may be played again: what they say is not believed."""
        secret = Settings.of(site).event_secret
        if not secret:
            raise CallProblem("not_set_up")
        told_secret = call.headers.get("x-event-secret", "")
        if not hmac.compare_digest(secret.encode(), told_secret.encode("utf-8", "surrogatepass")):
            raise CallProblem("bad_secret")
        if call.method != "POST" or len(call.body) > MAX_BODY:
            raise CallProblem("bad_shape")
        name = call.headers.get("x-event-name", "")
        try:
            told = record(read_json(call.body))
        except BadReply as problem:
            raise CallProblem(problem.code) from None
        event = _event(name, told)
        parts = (name, repr(event), text(told.get("status"), 20), text(told.get("updatedAt"), 40))
        key = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:40]
        return Heard(f"{type(event).__name__}:{key}", (event,), ack=b"")

    def subscribe(self, site: Site, wire: Wire, item_ids: Sequence[str], url: str) -> Refused | None:  # noqa: ARG002
        """Set up in their back office, for all goods: nothing to call."""
        return None

    def unsubscribe(self, site: Site, wire: Wire, item_ids: Sequence[str]) -> Refused | None:  # noqa: ARG002
        """As `subscribe`."""
        return None


def _event(name: str, told: Mapping[str, Any]) -> Event:
    """A product's call has no price, so the product is read again. Raises CallProblem."""
    if name == "product.update":
        item = text(told.get("kinguinId"), 32)
        if not _ITEM.fullmatch(item):
            raise CallProblem("no_item_id")
        return ItemEvent(item)
    if name == "order.status":
        number, ref = text(told.get("orderExternalId"), 65), text(told.get("orderId"), 65)
        if not (number or ref) or not all(_NUMBER.fullmatch(one) for one in (number, ref) if one):
            raise CallProblem("no_number")
        return OrderEvent(number, ref)
    raise CallProblem("unknown_call")
