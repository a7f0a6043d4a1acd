"""The price is asked right before a purchase, where a protocol has no field for what it may cost.

Outside of transactions. Until the order it may still change: only a guard of the supplier's own is stronger.
"""

import structlog

from goodfor.kernel.clock import utc_now
from goodfor.supply.calling import Line
from goodfor.supply.operations.guard import may_call
from goodfor.supply.providers.values import Doubt, Quote, Refused
from goodfor.supply.purchase_models import Attempt

log = structlog.get_logger(__name__)


def ask_price(line: Line, attempt: Attempt) -> Refused | None:
    """Why it is not bought after all; None: it costs no more than it may, or they have no such question."""
    about, quantity = line.connector.about, attempt.quantity // attempt.multiple
    # Where nothing can be asked about orders, people answer, and not now.
    if about.guard != "none" or about.found_by == "nothing":
        return None
    place = {"shop_id": attempt.shop_id, "supplier_id": attempt.supplier_id}
    if not may_call(about=about, method="quote", now=utc_now(), **place):
        return Refused("busy", "", "no room to ask the price")
    try:
        told = line.connector.catalogue.quote(line.site, line.wire, attempt.item_id, attempt.variant, quantity)
    except Exception as error:
        log.error("connector_failed", protocol=about.protocol, error=type(error).__name__)
        told = Doubt("crashed")
    if isinstance(told, Quote):
        if told.currency == attempt.currency and told.total > attempt.max_cost:
            return Refused("price", "", f"{told.total} {told.currency}")
        return None if told.on_sale else Refused("off_sale")
    if isinstance(told, Doubt):
        return Refused("busy", "", "no answer about the price")
    # A question that they do not know says nothing.
    return None if told.why == "request" else told
