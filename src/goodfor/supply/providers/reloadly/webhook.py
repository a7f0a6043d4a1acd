"""What Reloadly tells by itself: that a transaction changed. Its state is asked for."""

import hashlib
from collections.abc import Sequence
from typing import Final

from goodfor.supply.providers.numbers import BadReply, read_json, record, text
from goodfor.supply.providers.reloadly import signing
from goodfor.supply.providers.reloadly.orders import ref_of
from goodfor.supply.providers.reloadly.settings import Settings
from goodfor.supply.providers.values import Call, CallProblem, Event, Heard, OrderEvent, Refused, Site
from goodfor.supply.providers.wire import Wire

MAX_BODY: Final = 256 * 1024
#: They give no word about how old a call may be.
MAX_AGE: Final = 3 * 3600
_KIND: Final = "giftcard_transaction."


class ReloadlyWebhook:
    """See `base.Webhook`."""

    def hear(self, site: Site, call: Call, now: float) -> Heard:
        """See `Webhook.hear`."""
        settings = Settings.of(site)
        if call.method != "POST" or len(call.body) > MAX_BODY:
            raise CallProblem("bad_shape")
        if not settings.webhook_secret:
            raise CallProblem("no_key")
        stamp = call.headers.get(signing.TIME, "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) in (10, 13)):
            raise CallProblem("no_time")
        if not signing.same(signing.sign(settings.webhook_secret, call.body, stamp), call.headers.get(signing.HEADER)):
            raise CallProblem("bad_signature")
        # Seconds, or milliseconds.
        if abs(now - int(stamp) / (1 if len(stamp) == 10 else 1000)) > MAX_AGE:
            raise CallProblem("old")
        try:
            events = _events(call.body)
        except BadReply as problem:
            raise CallProblem(problem.code) from None
        return Heard(f"reloadly:{hashlib.sha256(call.body).hexdigest()[:40]}", events)

    def subscribe(self, site: Site, wire: Wire, item_ids: Sequence[str], url: str) -> Refused | None:  # noqa: ARG002
        """The account's own settings say where calls go, and products are not told about: nothing to call."""
        return None

    def unsubscribe(self, site: Site, wire: Wire, item_ids: Sequence[str]) -> Refused | None:  # noqa: ARG002
        """As `subscribe`."""
        return None


def _events(body: bytes) -> tuple[Event, ...]:
    told = record(read_json(body))
    kind = text(told.get("type"), 80)
    if not kind:
        raise BadReply("unknown_call")
    if not kind.startswith(_KIND):
        return ()
    data = record(told.get("data"))
    # Their number is what is known for sure of such a call; ours may come along.
    return (OrderEvent(text(data.get("customIdentifier"), 64), ref_of(data, "id")),)
