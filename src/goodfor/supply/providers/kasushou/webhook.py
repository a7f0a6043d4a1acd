"""What a Kasushou site tells by itself: orders (codes unsigned), items (only id and time signed), complaints."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

from goodfor.supply.providers.kasushou import signing
from goodfor.supply.providers.kasushou.orders import order_of
from goodfor.supply.providers.kasushou.settings import Settings
from goodfor.supply.providers.numbers import BadReply, is_text, text, whole
from goodfor.supply.providers.values import (
    Call,
    CallProblem,
    Event,
    Heard,
    ItemEvent,
    OrderEvent,
    Refused,
    Site,
    Ticket,
    TicketEvent,
)
from goodfor.supply.providers.wire import Wire

MAX_BODY: Final = 512 * 1024
MAX_FIELDS: Final = 64
#: They give no word about how old a call may be; a repeat comes within 75 minutes.
MAX_AGE: Final = 3 * 3600
_TICKETS: Final = {2: "handling", 3: "done", 4: "ended"}


class KasushouWebhook:
    """See `base.Webhook`."""

    def hear(self, site: Site, call: Call, now: float) -> Heard:
        """See `Webhook.hear`."""
        settings = Settings.of(site)
        fields = _fields(call)
        stamp = text(fields.get("time"), 13)
        if not (stamp.isdigit() and len(stamp) == 13):
            raise CallProblem("no_time")
        event = _verified(settings, fields, stamp)
        if abs(now - int(stamp) / 1000) > MAX_AGE:
            raise CallProblem("old")
        return Heard(_key(event, fields), (event,))

    def subscribe(self, site: Site, wire: Wire, item_ids: Sequence[str], url: str) -> Refused | None:  # noqa: ARG002
        """The site's own settings say where changes go: nothing to call."""
        return None

    def unsubscribe(self, site: Site, wire: Wire, item_ids: Sequence[str]) -> Refused | None:  # noqa: ARG002
        """As `subscribe`."""
        return None


def _fields(call: Call) -> dict[str, Any]:
    """A form, or JSON with the same names. Raises CallProblem."""
    if call.method != "POST" or len(call.body) > MAX_BODY:
        raise CallProblem("bad_shape")
    try:
        body = call.body.decode("utf-8")
        if body.lstrip()[:1] == "{":
            found = json.loads(body)
        else:
            pairs = parse_qsl(body, keep_blank_values=True, strict_parsing=True, max_num_fields=MAX_FIELDS)
            found = dict(pairs)
            if len(found) != len(pairs):
                raise CallProblem("doubled_field")
            if isinstance(found.get("card_list"), str):
                found["card_list"] = json.loads(found["card_list"] or "[]")
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise CallProblem("bad_shape") from None
    if not isinstance(found, dict) or len(found) > MAX_FIELDS:
        raise CallProblem("bad_shape")
    if not is_text(found):
        raise CallProblem("bad_text")
    return found


def _verified(settings: Settings, fields: Mapping[str, Any], stamp: str) -> Event:
    sign = fields.get("sign")
    if "external_orderno" in fields:
        if not signing.same(signing.told_sign(fields, settings.key), sign):
            raise CallProblem("bad_signature")
        try:
            # The codes are not signed: whoever listens asks for them.
            told = order_of({name: value for name, value in fields.items() if name not in signing.UNSIGNED})
        except BadReply as problem:
            raise CallProblem(problem.code) from None
        return OrderEvent(told.number, told.ref, told)
    if "id" in fields:
        if not signing.same(signing.item_sign(fields["id"], stamp, settings.key), sign):
            raise CallProblem("bad_signature")
        return ItemEvent(text(fields["id"], 32))
    if not signing.same(signing.told_sign(fields, settings.key, unsigned=frozenset({"sign"})), sign):
        raise CallProblem("bad_signature")
    ref = text(fields.get("ordersn"), 64)
    state = _TICKETS.get(whole(fields.get("status")) or 0, "handling")
    return TicketEvent(Ticket(ref, state, text(fields.get("content"), 2000)), ref=ref)  # type: ignore[arg-type]


def _key(event: Event, fields: Mapping[str, Any]) -> str:
    """The same call again has the same; what changed since makes another."""
    kept = {name: value for name, value in fields.items() if name not in ("sign", "time")}
    told = hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
    return f"{type(event).__name__}:{told[:40]}"
