"""News from the rooms below, and of this one, each leading to one operation."""

from uuid import UUID

from goodfor.aftersales.operations.after_proven import after_proven
from goodfor.aftersales.operations.hear_claim import hear_claim_closed, hear_replacement_failed
from goodfor.aftersales.operations.hear_supplier import hear_supplier
from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent


def on_supplier_answered(event: StoredEvent) -> None:
    """A supplier said how a code stands, or has (not) taken it back."""
    told = event.payload
    hear_supplier(
        shop_id=event.shop_id, subject=UUID(told["subject"]), kind=told["kind"], said=told["said"], now=utc_now()
    )


def on_claim_closed(event: StoredEvent) -> None:
    """A claim is over, by whatever way."""
    hear_claim_closed(shop_id=event.shop_id, claim_id=UUID(event.payload["claim_id"]), now=utc_now())


def on_replacement_failed(event: StoredEvent) -> None:
    """Nothing could be had in the place of a claim's codes."""
    hear_replacement_failed(shop_id=event.shop_id, claim_id=UUID(event.payload["claim_id"]), now=utc_now())


def on_case_decided(event: StoredEvent) -> None:
    """A claim was decided; where its codes proved bad, more follows."""
    after_proven(shop_id=event.shop_id, case_id=UUID(event.payload["case_id"]), now=event.occurred_at)


def proved(event: StoredEvent) -> bool:
    """Whether a decision says that codes were bad."""
    return bool(event.payload["proven"])
