"""After a sale at a Kayixin site: what became of a code, taking it back, complaints."""

import base64
from collections.abc import Sequence
from datetime import date
from typing import Final

from goodfor.supply.providers.kayixin.client import Caller, guarded
from goodfor.supply.providers.kayixin.orders import CARD_STATES
from goodfor.supply.providers.kayixin.settings import Settings
from goodfor.supply.providers.numbers import BadReply, record, text, whole
from goodfor.supply.providers.values import CodeState, Doubt, OrderRef, Refused, Site, StatementRow, Ticket
from goodfor.supply.providers.wire import Wire

_NONE = Refused("request", "unsupported")
MAX_IMAGES: Final = 5
MAX_IMAGE: Final = 10 * 1024 * 1024


class KayixinAfterSale:
    """See `base.AfterSale`."""

    def code_state(self, site: Site, wire: Wire, code_ref: str) -> CodeState | Refused | Doubt:
        """See `AfterSale.code_state`."""
        return _card(Settings.of(site), wire, "code_state", "/api/v3/card/getDetail", code_ref)

    def void(self, site: Site, wire: Wire, code_ref: str) -> CodeState | Refused | Doubt:
        """See `AfterSale.void`."""
        return _card(Settings.of(site), wire, "void", "/api/v3/card/void", code_ref)

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


def _card(settings: Settings, wire: Wire, what: str, path: str, code_ref: str) -> CodeState | Refused | Doubt:
    if not code_ref:
        return Refused("request", "no_ref")

    def ask() -> CodeState:
        told = record(Caller(settings, wire).post(what, path, {"cardId": code_ref}))
        word = whole(told.get("status"))
        return "unknown" if word is None else CARD_STATES.get(word, "unknown")

    return guarded(ask)


def _ref(value: object) -> str:
    found = text(value, 64)
    if not found:
        raise BadReply("no_ref")
    return found
