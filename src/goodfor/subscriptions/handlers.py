"""News of payments, orders and members, each led to one operation."""

from uuid import UUID

from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent
from goodfor.subscriptions.models import Pick, Subscription
from goodfor.subscriptions.operations.cancel import end_all_of, end_by_dispute
from goodfor.subscriptions.operations.give_pick_back import give_pick_back
from goodfor.subscriptions.operations.hear_mandate import hear_mandate_over, hear_signed
from goodfor.subscriptions.operations.note_refused import note_refused
from goodfor.subscriptions.operations.steps import SOURCE

_HOLDER = "subscription:"


def of_a_subscription(event: StoredEvent) -> bool:
    """Whether a mandate is one of ours."""
    return str(event.payload["holder"]).startswith(_HOLDER)


def on_mandate_active(event: StoredEvent) -> None:
    """Somebody signed."""
    hear_signed(**_mandate(event), now=utc_now())


def on_mandate_ended(event: StoredEvent) -> None:
    """A consent is over."""
    hear_mandate_over(**_mandate(event), now=utc_now())


def of_a_period(event: StoredEvent) -> bool:
    """Whether a charge, or a dispute, is about a period."""
    return str(event.payload["source_type"]) == SOURCE


def on_charge_refused(event: StoredEvent) -> None:
    """The key says which try it was."""
    told = event.payload
    note_refused(
        shop_id=event.shop_id, period_id=UUID(told["source_id"]),
        attempt=int(str(told["business_key"]).rpartition(":")[2]), code=told["code"], now=utc_now(),
    )  # fmt: skip


def was_lost(event: StoredEvent) -> bool:
    """A bank gave the money of a period back."""
    told = event.payload
    return not told["won"] and told["source_type"] == SOURCE and told["source_id"] is not None


def on_dispute_lost(event: StoredEvent) -> None:
    """Nothing more is given for it."""
    end_by_dispute(shop_id=event.shop_id, period_id=UUID(event.payload["source_id"]), now=utc_now())


def was_picked(event: StoredEvent) -> bool:
    """Whether a period had paid the order."""
    return Pick.objects.filter(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"])).exists()


def on_order_back(event: StoredEvent) -> None:
    """All of a picked order came back, or a part."""
    told = event.payload
    give_pick_back(
        shop_id=event.shop_id, order_id=UUID(told["order_id"]), refund_id=UUID(told["refund_id"]), now=utc_now()
    )


def has_any(event: StoredEvent) -> bool:
    """Whether the person who goes has subscriptions."""
    owner = UUID(event.payload["buyer_id"])
    return Subscription.objects.filter(shop_id=event.shop_id, owner=owner).exists()


def on_buyer_erasing(event: StoredEvent) -> None:
    """The person goes."""
    end_all_of(shop_id=event.shop_id, owner=UUID(event.payload["buyer_id"]), now=utc_now())


def _mandate(event: StoredEvent) -> dict[str, UUID]:
    told = event.payload
    subscription_id = UUID(str(told["holder"]).removeprefix(_HOLDER))
    return {
        "shop_id": event.shop_id, "subscription_id": subscription_id, "mandate_id": UUID(told["mandate_id"])
    }  # fmt: skip
