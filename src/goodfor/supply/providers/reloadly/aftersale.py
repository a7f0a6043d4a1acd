"""After a sale at Reloadly: the account of a day, and nothing else."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from goodfor.supply.providers.reloadly.client import Caller, guarded
from goodfor.supply.providers.reloadly.orders import row_of
from goodfor.supply.providers.reloadly.reports import transactions
from goodfor.supply.providers.reloadly.settings import Settings
from goodfor.supply.providers.values import CodeState, Doubt, OrderRef, Refused, Site, StatementRow, Ticket
from goodfor.supply.providers.wire import Wire

_NONE = Refused("request", "unsupported")


class ReloadlyAfterSale:
    """See `base.AfterSale`."""

    def code_state(self, site: Site, wire: Wire, code_ref: str) -> CodeState | Refused:  # noqa: ARG002
        """Not offered."""
        return _NONE

    def void(self, site: Site, wire: Wire, code_ref: str) -> CodeState | Refused:  # noqa: ARG002
        """Not offered."""
        return _NONE

    def complain(
        self, site: Site, wire: Wire, order: OrderRef, text: str, images: Sequence[bytes], notify_url: str  # noqa: ARG002
    ) -> Ticket | Refused:  # fmt: skip
        """Not offered."""
        return _NONE

    def ticket(self, site: Site, wire: Wire, ref: str) -> Ticket | Refused:  # noqa: ARG002
        """Not offered."""
        return _NONE

    def statement(self, site: Site, wire: Wire, day: date) -> Sequence[StatementRow] | Refused | Doubt:
        """See `AfterSale.statement`. Their zone is not described; times are read as UTC."""
        settings = Settings.of(site)

        def ask() -> Sequence[StatementRow]:
            since, until = (datetime.combine(day, at, UTC) for at in (time(0, 0, 0), time(23, 59, 59)))
            rows = transactions(Caller(settings, wire), "statement", since, until)
            return tuple(row_of(row) for row in rows)

        return guarded(ask)
