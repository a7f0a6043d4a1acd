"""What Xinghai tells by itself: how an order ended, its cards encrypted, all of it signed."""

import hashlib
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from goodfor.supply.providers.numbers import BadReply
from goodfor.supply.providers.values import Call, CallProblem, Heard, OrderEvent, Refused, Site
from goodfor.supply.providers.wire import Wire
from goodfor.supply.providers.xinghai import signing
from goodfor.supply.providers.xinghai.orders import order_of
from goodfor.supply.providers.xinghai.settings import Settings

MAX_BODY: Final = 8 * 1024 * 1024
MAX_FIELDS: Final = 32
ACK: Final = b"ok"


class XinghaiWebhook:
    """See `base.Webhook`."""

    def hear(self, site: Site, call: Call, now: float) -> Heard:  # noqa: ARG002
        """See `Webhook.hear`. A call has no age; an old one says again what was said."""
        settings = Settings.of(site)
        fields = _fields(call)
        if not signing.same(signing.sign(fields, settings.secret), fields.get("sign")):
            raise CallProblem("bad_signature")
        # From here on only what the signature covers.
        told = signing.signed(fields)
        if told.get("appId") != settings.app_id:
            raise CallProblem("not_ours")
        number = told.get("outOrderId", "")
        if not number or len(number) > 64 or "orderStatus" not in told:
            raise CallProblem("no_number" if "orderStatus" in told else "no_state")
        try:
            order = order_of(told, number, settings.secret)
        except BadReply as problem:
            raise CallProblem(problem.code) from None
        key = hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()[:40]
        return Heard(f"OrderEvent:{key}", (OrderEvent(number, order.ref, order),), ACK)

    def subscribe(self, site: Site, wire: Wire, item_ids: Sequence[str], url: str) -> Refused | None:  # noqa: ARG002
        """They tell nothing of items: nothing to call."""
        return None

    def unsubscribe(self, site: Site, wire: Wire, item_ids: Sequence[str]) -> Refused | None:  # noqa: ARG002
        """As `subscribe`."""
        return None


def _fields(call: Call) -> dict[str, str]:
    """A form, each name once. Raises CallProblem."""
    if call.method != "POST" or len(call.body) > MAX_BODY:
        raise CallProblem("bad_shape")
    try:
        body = call.body.decode("utf-8")
        pairs = parse_qsl(
            body, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MAX_FIELDS
        )  # fmt: skip
    except ValueError:
        raise CallProblem("bad_shape") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CallProblem("doubled_field")
    return found
