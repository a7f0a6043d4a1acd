"""News of orders and accounts, each led to one operation."""

from uuid import UUID

from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent
from goodfor.welfare.models import Employee, Use
from goodfor.welfare.operations.join import free_employees
from goodfor.welfare.operations.note_back import note_back


def on_order_back(event: StoredEvent) -> None:
    """All of an order or a part came back, or it ended unpaid."""
    note_back(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"]))


def by_units(event: StoredEvent) -> bool:
    """Whether units had paid something of it."""
    return Use.objects.filter(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"])).exists()


def on_buyer_erasing(event: StoredEvent) -> None:
    """The person goes; what the company gave him is not his alone."""
    free_employees(shop_id=event.shop_id, buyer_id=UUID(event.payload["buyer_id"]), now=utc_now())


def works_somewhere(event: StoredEvent) -> bool:
    """Whether the buyer is an employee of any company."""
    return Employee.objects.filter(shop_id=event.shop_id, buyer_id=UUID(event.payload["buyer_id"])).exists()
