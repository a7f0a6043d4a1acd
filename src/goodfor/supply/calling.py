"""Calls to suppliers, outside of any transaction: a site opened, a wire that writes down, and what came."""

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.supply.mapping import site_of
from goodfor.supply.models import Supplier
from goodfor.supply.operations.keep_calls import keep_calls
from goodfor.supply.providers.base import Connector
from goodfor.supply.providers.registry import connector_for
from goodfor.supply.providers.values import Site
from goodfor.supply.providers.wire import Wire


@dataclass(frozen=True, slots=True)
class Line:
    """An open line to a supplier, for one errand."""

    supplier: Supplier
    connector: Connector
    site: Site
    wire: Wire

    def hang_up(self, *, attempt_id: UUID | None, now: datetime) -> None:
        """Keep what was said."""
        keep_calls(
            shop_id=self.supplier.shop_id,
            supplier_id=self.supplier.id,
            attempt_id=attempt_id,
            exchanges=self.wire.exchanges,
            now=now,
        )


def line_to(supplier: Supplier, now: datetime) -> Line | None:
    """None: its protocol is gone, or its secrets cannot be opened. Never inside a transaction."""
    require_no_transaction()
    connector = connector_for(supplier.protocol)
    if connector is None:
        return None
    try:
        site = site_of(supplier)
    except DecryptFailed:
        return None
    hide = tuple(value for value in site.secrets.values() if value)
    return Line(supplier, connector, site, Wire(now.timestamp(), time.monotonic, hide))
