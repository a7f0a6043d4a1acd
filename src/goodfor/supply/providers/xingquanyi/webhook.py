"""What Xingquanyi tells by itself: how an order stands (its codes unsigned), and that a product changed."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

from goodfor.supply.providers.numbers import BadReply, read_json, record, text
from goodfor.supply.providers.values import Call, CallProblem, Event, Heard, ItemEvent, Order, OrderEvent, Refused, Site
from goodfor.supply.providers.wire import Wire
from goodfor.supply.providers.xingquanyi import signing
from goodfor.supply.providers.xingquanyi.orders import state_of
from goodfor.supply.providers.xingquanyi.settings import Settings

MAX_BODY: Final = 8 * 1024 * 1024
#: Codes may come as fields of their own, four to a code.
MAX_FIELDS: Final = 4096
#: They give no word about how old a call may be; a repeat comes within half a minute.
MAX_AGE: Final = 3 * 3600
ACK: Final = b"ok"


class XingquanyiWebhook:
    """See `base.Webhook`."""

    def hear(self, site: Site, call: Call, now: float) -> Heard:
        """See `Webhook.hear`. Codes are not signed: whoever listens asks for them."""
        settings = Settings.of(site)
        told = signing.verified(_fields(call), settings.key)
        if told is None:
            raise CallProblem("bad_signature")
        # From here on only what the signature covers.
        stamp = told.get("timestamp", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) == 10):
            raise CallProblem("no_time")
        if abs(now - int(stamp)) > MAX_AGE:
            raise CallProblem("old")
        if told.get("customer_id", settings.customer_id) != settings.customer_id:
            raise CallProblem("not_ours")
        event = _item(told) if "event_type" in told else _order(told)
        # The same state told again is a repeat; a product may change to and fro, each time at another second.
        kept = {name: value for name, value in told.items() if name != "timestamp" or isinstance(event, ItemEvent)}
        key = hashlib.sha256(repr(sorted(kept.items())).encode()).hexdigest()[:40]
        return Heard(f"{type(event).__name__}:{key}", (event,), ACK)

    def subscribe(self, site: Site, wire: Wire, item_ids: Sequence[str], url: str) -> Refused | None:  # noqa: ARG002
        """The account's own settings say where changes go: nothing to call."""
        return None

    def unsubscribe(self, site: Site, wire: Wire, item_ids: Sequence[str]) -> Refused | None:  # noqa: ARG002
        """As `subscribe`."""
        return None


def _order(told: Mapping[str, str]) -> OrderEvent:
    number, ref = told.get("outer_order_id", ""), told.get("order_id", "")[:64]
    if not number or len(number) > 64 or "state" not in told:
        raise CallProblem("no_number" if "state" in told else "no_state")
    word, message = told["state"][:20], told.get("state_info", "")[:500]
    return OrderEvent(number, ref, Order(state=state_of(told), number=number, ref=ref, message=message, word=word))


def _item(told: Mapping[str, str]) -> Event:
    """Whatever it is about, the product is read anew: stock has other words here than there."""
    try:
        data = record(read_json(told.get("event_data", "").encode()))
    except (BadReply, UnicodeEncodeError):
        raise CallProblem("bad_event") from None
    number = text(data.get("product_id"), 64) or text(data.get("id"), 64) or told.get("product_id", "")[:64]
    if not number:
        raise CallProblem("no_item_id")
    return ItemEvent(number)


def _fields(call: Call) -> dict[str, str]:
    """A form, each name once; lists of codes may repeat theirs. Raises CallProblem."""
    if call.method != "POST" or len(call.body) > MAX_BODY:
        raise CallProblem("bad_shape")
    try:
        body = call.body.decode("utf-8")
        pairs = parse_qsl(
            body, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MAX_FIELDS
        )  # fmt: skip
    except ValueError:
        raise CallProblem("bad_shape") from None
    kept = [(name, value) for name, value in pairs if name.partition("[")[0] not in signing.UNSIGNED]
    found = dict(kept)
    if len(found) != len(kept):
        raise CallProblem("doubled_field")
    return found
