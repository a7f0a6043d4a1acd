"""Ask the supplier who would be bought from first whether an account can be topped up. Outside transactions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from goodfor.supply.asked import fitted, form_in, named, told
from goodfor.supply.calling import line_to
from goodfor.supply.forms import direct_offers
from goodfor.supply.models import Item, Supplier
from goodfor.supply.operations.guard import may_call
from goodfor.supply.providers.registry import connector_for
from goodfor.supply.providers.values import Item as SoldItem

log = structlog.get_logger(__name__)
#: The buyer waits for it.
PATIENCE: Final = 3.0
#: In `Connector.can`: the supplier really has such a check.
CHECKS: Final = "check_account"


def check_account(*, shop_id: UUID, sku_id: UUID, filled: Mapping[str, str], now: datetime) -> Mapping[str, str]:
    """Meaning -> the supplier's words of what is wrong with it. Empty: fine, nobody checks, or nobody knows.

    A doubt keeps nobody from buying. `filled` has passed `checked_form`.
    """
    for offer in direct_offers(shop_id, sku_id):
        supplier = Supplier.objects.get(shop_id=shop_id, id=offer.supplier_id)
        connector = connector_for(supplier.protocol)
        if connector is None or CHECKS not in connector.can:
            continue
        if not may_call(shop_id=shop_id, supplier_id=supplier.id, about=connector.about, method="check", now=now):
            return {}
        return _ask(supplier, offer.item, filled, now)
    return {}


def _ask(supplier: Supplier, item: Item, filled: Mapping[str, str], now: datetime) -> Mapping[str, str]:
    form = form_in(item.terms)
    pins = fitted(form, filled)
    line = line_to(supplier, now)
    if pins is None or line is None:
        return {}
    line.wire.most_seconds = PATIENCE
    line.wire.conceal(filled.values())
    sold = SoldItem(item.item_id, item.name, "direct", item.cost, item.currency, form=form)
    try:
        found = line.connector.catalogue.check_account(line.site, line.wire, sold, told(pins, filled))
    except Exception as error:
        log.error("connector_failed", protocol=supplier.protocol, error=type(error).__name__)
        found = {}
    line.hang_up(attempt_id=None, now=now)
    if not isinstance(found, Mapping):
        return {}
    meant = {asked.key: name for name, asked in named(form).items()}
    return {meant.get(key, key): word[:100] for key, word in found.items()}
