"""What Fulu tells by itself: that an order ended. Its signature forgets the places of characters: a reason to ask."""

import hashlib
import re
from collections.abc import Sequence
from typing import Final

from goodfor.supply.providers.fulu import signing
from goodfor.supply.providers.fulu.settings import Settings
from goodfor.supply.providers.numbers import text
from goodfor.supply.providers.values import Call, CallProblem, Heard, OrderEvent, Refused, Site
from goodfor.supply.providers.wire import Wire

MAX_BODY: Final = 64 * 1024
_NUMBER: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")


class FuluWebhook:
    """See `base.Webhook`."""

    def hear(self, site: Site, call: Call, now: float) -> Heard:  # noqa: ARG002
        """See `Webhook.hear`. A call has no time of its own; one that is played again only makes us ask.

        Their own number of the order is not passed on: its digits may have changed places.
        """
        settings = Settings.of(site)
        if call.method != "POST" or len(call.body) > MAX_BODY:
            raise CallProblem("bad_shape")
        try:
            told = signing.read_literal(call.body)
        except (ValueError, RecursionError):
            raise CallProblem("bad_shape") from None
        if not isinstance(told, dict):
            raise CallProblem("bad_shape")
        if not signing.same(signing.sign_fields(told, settings.secret), told.get("sign")):
            raise CallProblem("bad_signature")
        number = text(told.get("customer_order_no"), 65)
        if not _NUMBER.fullmatch(number):
            raise CallProblem("no_number")
        kept = "\n".join(sorted(f"{name}={signing.compact(value)}" for name, value in told.items() if name != "sign"))
        key = hashlib.sha256(kept.encode("utf-8", "surrogatepass")).hexdigest()[:40]
        return Heard(f"OrderEvent:{key}", (OrderEvent(number),), ack=b"success")

    def subscribe(self, site: Site, wire: Wire, item_ids: Sequence[str], url: str) -> Refused | None:  # noqa: ARG002
        """Nothing is told about goods."""
        return None

    def unsubscribe(self, site: Site, wire: Wire, item_ids: Sequence[str]) -> Refused | None:  # noqa: ARG002
        """As `subscribe`."""
        return None
