"""What Tremendous tells by itself. It names what changed and no more: who listens asks."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, read_json, record, text
from goodfor.supply.providers.tremendous import signing
from goodfor.supply.providers.tremendous.settings import Settings
from goodfor.supply.providers.values import (
    Call,
    CallProblem,
    Event,
    Heard,
    ItemEvent,
    OrderEvent,
    Refused,
    Site,
)
from goodfor.supply.providers.wire import Wire

MAX_BODY: Final = 256 * 1024


class TremendousWebhook:
    """See `base.Webhook`."""

    def hear(self, site: Site, call: Call, now: float) -> Heard:  # noqa: ARG002
        """See `Webhook.hear`. No time is signed, so that an old call counts: it only makes somebody ask."""
        settings = Settings.of(site)
        if call.method != "POST" or len(call.body) > MAX_BODY:
            raise CallProblem("bad_shape")
        if not settings.webhook_key:
            raise CallProblem("no_key")
        ours = signing.sign(settings.webhook_key, call.body)
        if not signing.same(ours, call.headers.get(signing.HEADER)):
            raise CallProblem("bad_signature")
        try:
            told = record(read_json(call.body))
            events = _events(told)
        except BadReply as problem:
            raise CallProblem(problem.code) from None
        # The same call again has the same uuid.
        key = text(told.get("uuid"), 64) or hashlib.sha256(call.body).hexdigest()[:40]
        return Heard(f"tremendous:{key}", events)

    def subscribe(self, site: Site, wire: Wire, item_ids: Sequence[str], url: str) -> Refused | None:  # noqa: ARG002
        """The account's own settings say where calls go, for all products: nothing to call."""
        return None

    def unsubscribe(self, site: Site, wire: Wire, item_ids: Sequence[str]) -> Refused | None:  # noqa: ARG002
        """As `subscribe`."""
        return None


def _events(told: Mapping[str, Any]) -> tuple[Event, ...]:
    """By the word of the event. A reward's own event does not say whose it is, others concern nobody here."""
    word = text(told.get("event"), 80).upper()
    if not word:
        raise BadReply("unknown_call")
    group = word.split(".")[0]
    if group not in ("ORDERS", "PRODUCTS"):
        return ()
    payload = record(told.get("payload"))
    number = text(record(payload.get("resource")).get("id"), 64)
    if not number:
        raise BadReply("no_resource")
    # Our own number does not come along: the order is known by theirs.
    return (OrderEvent("", number) if group == "ORDERS" else ItemEvent(number),)
