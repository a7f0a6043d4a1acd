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
    if about.guard != "none":
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
            return Refused("price", "quote", f"{told.total} {told.currency}")
        return None if told.on_sale else Refused("off_sale", "quote")
    if isinstance(told, Doubt):
        # Nothing is bought by a question, so that this no is certain.
        return Refused("not_sent", "quote", told.reason)
    # What cannot be asked about like this, the purchase itself is to tell.
    return None if told.why == "request" else told
