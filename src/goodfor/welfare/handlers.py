"""News of orders and accounts, each led to one operation."""

from uuid import UUID

from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent
from goodfor.welfare.models import Employee, Use
from goodfor.welfare.operations.join import free_employees
from goodfor.welfare.operations.note_back import note_back
from goodfor.welfare.operations.tell_people import tell_short


def on_order_back(event: StoredEvent) -> None:
    """All of an order or a part came back, or it ended unpaid."""
    note_back(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"]))


def by_units(event: StoredEvent) -> bool:
    """Whether units had paid something of it."""
    return Use.objects.filter(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"])).exists()


def on_budget_was_short(event: StoredEvent) -> None:
    """The company's managers are told."""
    told = event.payload
    tell_short(
        shop_id=event.shop_id, grant_id=UUID(told["grant_id"]), missing_minor=told["missing_minor"],
        now=event.occurred_at,
    )  # fmt: skip


def on_buyer_erasing(event: StoredEvent) -> None:
    """The person goes; what the company gave him is not his alone."""
    free_employees(shop_id=event.shop_id, buyer_id=UUID(event.payload["buyer_id"]), now=utc_now())


def works_somewhere(event: StoredEvent) -> bool:
    """Whether the buyer is an employee of any company."""
    return Employee.objects.filter(shop_id=event.shop_id, buyer_id=UUID(event.payload["buyer_id"])).exists()
