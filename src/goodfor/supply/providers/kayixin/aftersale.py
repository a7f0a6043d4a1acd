"""After a sale at a Kayixin site: what became of a code, taking it back, complaints."""

import base64
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from goodfor.supply.providers.kayixin.client import NOT_FOUND, Caller, Denied, guarded
from goodfor.supply.providers.kayixin.orders import CARD_STATES
from goodfor.supply.providers.kayixin.settings import Settings
from goodfor.supply.providers.numbers import BadReply, record, text, whole
from goodfor.supply.providers.values import CodeNow, CodeState, Doubt, OrderRef, Refused, Site, StatementRow, Ticket
from goodfor.supply.providers.wire import Wire

_NONE = Refused("request", "unsupported")
MAX_IMAGES: Final = 5
MAX_IMAGE: Final = 10 * 1024 * 1024
ZONE: Final = "Asia/Shanghai"
_TIME: Final = re.compile(r"(?<!\d)20\d{2}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?!\d)")


class KayixinAfterSale:
    """See `base.AfterSale`."""

    def code_state(self, site: Site, wire: Wire, code_ref: str) -> CodeState | CodeNow | Refused | Doubt:
        """See `AfterSale.code_state`. Some sites write into their words when a card was used: see the settings."""
        return _card(Settings.of(site), wire, "code_state", "/api/v3/card/getDetail", code_ref)

    def void(self, site: Site, wire: Wire, code_ref: str) -> CodeState | Refused | Doubt:
        """See `AfterSale.void`."""
        told = _card(Settings.of(site), wire, "void", "/api/v3/card/void", code_ref)
        return told.state if isinstance(told, CodeNow) else told

    def complain(
        self, site: Site, wire: Wire, order: OrderRef, text: str, images: Sequence[bytes], notify_url: str
    ) -> Ticket | Refused | Doubt:
        """See `AfterSale.complain`."""
        settings = Settings.of(site)
        if not order.ref:
            return Refused("request", "no_ref")

        def ask() -> Ticket:
            pictures = [base64.b64encode(one).decode() for one in images[:MAX_IMAGES] if len(one) <= MAX_IMAGE]
            fields = {
                "orderNumber": order.ref, "topic": text[:50], "content": text[:500], "notifyUrl": notify_url,
                "base64Image": pictures,
            }  # fmt: skip
            told = record(Caller(settings, wire).post("complain", "/api/v3/complaint/create", fields))
            ref = _ref(told.get("reqId"))
            return Ticket(ref, "waiting")

        return guarded(ask)

    def ticket(self, site: Site, wire: Wire, ref: str) -> Ticket | Refused:  # noqa: ARG002
        """Not offered: a call tells."""
        return _NONE

    def statement(self, site: Site, wire: Wire, day: date) -> Sequence[StatementRow] | Refused:  # noqa: ARG002
        """Not offered."""
        return _NONE


def _card(
    settings: Settings, wire: Wire, what: str, path: str, code_ref: str
) -> CodeState | CodeNow | Refused | Doubt:  # fmt: skip
    if not code_ref:
        return Refused("request", "no_ref")

    def ask() -> CodeState | CodeNow:
        try:
            told = record(Caller(settings, wire).post(what, path, {"cardId": code_ref}))
        except Denied as no:
            if no.code == NOT_FOUND:
                # A card that they sold, and that is not there: good for nothing.
                return "invalid"
            raise
        word = whole(told.get("status"))
        state = "unknown" if word is None else CARD_STATES.get(word, "unknown")
        used_at = _time_in(text(told.get("result"), 500)) if settings.used_time and state == "used" else None
        return CodeNow(state, used_at) if used_at else state

    return guarded(ask)


def _time_in(words: str) -> datetime | None:
    """The one time in their words; none where there are several, which might be anything."""
    found = _TIME.findall(words)
    if len(found) != 1:
        return None
    try:
        return datetime.fromisoformat(found[0]).replace(tzinfo=ZoneInfo(ZONE))
    except ValueError:
        return None


def _ref(value: object) -> str:
    found = text(value, 64)
    if not found:
        raise BadReply("no_ref")
    return found
