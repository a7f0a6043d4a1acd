"""A supplier tells how a complaint stands: kept, and looked into. What came of it, the money says."""

from datetime import datetime
from uuid import UUID

from goodfor.supply import states
from goodfor.supply.inquiry_models import Inquiry
from goodfor.supply.providers.values import TicketEvent
from goodfor.supply.purchase_models import Attempt

_CLOSED = frozenset({"done", "ended"})


def hear_ticket(*, shop_id: UUID, supplier_id: UUID, event: TicketEvent, now: datetime) -> int:
    """How many complaints it is about: by the purchase, else by their number. In the caller's transaction."""
    known = Inquiry.objects.filter(shop_id=shop_id, supplier_id=supplier_id, kind="complain", state=states.INQUIRY_SENT)
    if event.number or event.ref:
        bought = Attempt.objects.filter(shop_id=shop_id, supplier_id=supplier_id)
        bought = bought.filter(number=event.number[:18]) if event.number else bought.filter(ref=event.ref[:64])
        known = known.filter(attempt_id__in=bought.values("id"))
    elif event.ticket.ref:
        known = known.filter(ticket=event.ticket.ref[:64])
    else:
        return 0
    heard = known.update(next_at=now, reply=event.ticket.reply[:500].replace("\x00", ""))
    if event.ticket.state in _CLOSED:
        known.filter(closed_at__isnull=True).update(closed_at=now)
    return heard
