"""After a sale at a Kasushou site: complaints. They have no word about a single code."""

from collections.abc import Sequence
from datetime import date

from goodfor.supply.providers.kasushou.client import Caller, guarded
from goodfor.supply.providers.kasushou.settings import Settings
from goodfor.supply.providers.values import CodeState, Doubt, OrderRef, Refused, Site, StatementRow, Ticket
from goodfor.supply.providers.wire import Wire

_NONE = Refused("request", "unsupported")


class KasushouAfterSale:
    """See `base.AfterSale`."""

    def code_state(self, site: Site, wire: Wire, code_ref: str) -> CodeState | Refused:  # noqa: ARG002
        """Not offered."""
        return _NONE

    def void(self, site: Site, wire: Wire, code_ref: str) -> CodeState | Refused:  # noqa: ARG002
        """Not offered."""
        return _NONE

    def complain(
        self, site: Site, wire: Wire, order: OrderRef, text: str, images: Sequence[bytes], notify_url: str  # noqa: ARG002
    ) -> Ticket | Refused | Doubt:  # fmt: skip
        """See `AfterSale.complain`. Pictures would have to lie at an address: none are sent."""
        settings = Settings.of(site)
        if not order.ref:
            return Refused("request", "no_ref")

        def ask() -> Ticket:
            fields = {"ordersn": order.ref, "content": text[:500], "screenshot": "", "url": notify_url}
            Caller(settings, wire).post("complain", "/api/v1/order/complain", fields)
            return Ticket(order.ref, "waiting")

        return guarded(ask)

    def ticket(self, site: Site, wire: Wire, ref: str) -> Ticket | Refused:  # noqa: ARG002
        """Not offered to buyers: a call tells."""
        return _NONE

    def statement(self, site: Site, wire: Wire, day: date) -> Sequence[StatementRow] | Refused:  # noqa: ARG002
        """Not offered."""
        return _NONE
