"""After a sale at Tremendous: taking a reward back. Whether one was used, nothing tells."""

from collections.abc import Sequence
from datetime import date

from goodfor.supply.providers.tremendous.client import Caller, guarded
from goodfor.supply.providers.tremendous.items import ID
from goodfor.supply.providers.tremendous.settings import Settings
from goodfor.supply.providers.values import CodeState, Doubt, OrderRef, Refused, Site, StatementRow, Ticket
from goodfor.supply.providers.wire import Wire

_NONE = Refused("request", "unsupported")


class TremendousAfterSale:
    """See `base.AfterSale`."""

    def code_state(self, site: Site, wire: Wire, code_ref: str) -> CodeState | Refused:  # noqa: ARG002
        """Not offered: a reward tells how it was delivered, not whether it was used."""
        return _NONE

    def void(self, site: Site, wire: Wire, code_ref: str) -> CodeState | Refused | Doubt:
        """See `AfterSale.void`: taken up; the order tells the end."""
        settings = Settings.of(site)
        if not ID.fullmatch(code_ref):
            return Refused("request", "no_ref")

        def ask() -> CodeState:
            Caller(settings, wire).post("void", f"/rewards/{code_ref}/cancel")
            return "voiding"

        return guarded(ask)

    def complain(
        self, site: Site, wire: Wire, order: OrderRef, text: str, images: Sequence[bytes], notify_url: str  # noqa: ARG002
    ) -> Ticket | Refused:  # fmt: skip
        """Not offered."""
        return _NONE

    def ticket(self, site: Site, wire: Wire, ref: str) -> Ticket | Refused:  # noqa: ARG002
        """Not offered."""
        return _NONE

    def statement(self, site: Site, wire: Wire, day: date) -> Sequence[StatementRow] | Refused:  # noqa: ARG002
        """They have lists of movements, whose fields are not known: not offered."""
        return _NONE
