"""What Lsxd tells by itself: that a top-up is done or has failed, all of it signed, without a time."""

import hashlib
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from goodfor.supply.providers.lsxd import signing
from goodfor.supply.providers.lsxd.orders import order_of
from goodfor.supply.providers.lsxd.settings import Settings
from goodfor.supply.providers.values import Call, CallProblem, Heard, OrderEvent, Refused, Site
from goodfor.supply.providers.wire import Wire

MAX_BODY: Final = 32 * 1024
MAX_FIELDS: Final = 32
ACK: Final = b"success"


class LsxdWebhook:
    """See `base.Webhook`."""

    def hear(self, site: Site, call: Call, now: float) -> Heard:  # noqa: ARG002
        """See `Webhook.hear`. A call has no age; an old one says again what was said."""
        settings = Settings.of(site)
        fields = _fields(call)
        if not signing.same(signing.sign(fields, settings.key), fields.get("sign")):
            raise CallProblem("bad_signature")
        # From here on only what the signature covers.
        told = signing.signed(fields)
        if told.get("merchantId") != settings.merchant_id:
            raise CallProblem("not_ours")
        number = told.get("outTradeNo", "")
        if not number or len(number) > 64 or "status" not in told:
            raise CallProblem("no_number" if "status" in told else "no_state")
        key = hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()[:40]
        return Heard(f"OrderEvent:{key}", (OrderEvent(number, "", order_of(told, number)),), ACK)

    def subscribe(self, site: Site, wire: Wire, item_ids: Sequence[str], url: str) -> Refused | None:  # noqa: ARG002
        """They tell nothing of products: nothing to call."""
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
