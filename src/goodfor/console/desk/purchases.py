"""What was bought from suppliers for an order, for its page: who, under which numbers, how it stands."""

from dataclasses import dataclass
from uuid import UUID

from goodfor.console import words
from goodfor.supply import queries as supply
from goodfor.supply.types import AttemptView


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase in words."""

    attempt: AttemptView
    supplier: str
    state: str
    why: str


def purchases_of(shop_id: UUID, order_id: UUID) -> list[Purchase]:
    """Oldest first; no code, no account."""
    attempts = supply.attempts_of_order(shop_id, order_id)
    if not attempts:
        return []
    names = {one.id: one.name for one in supply.suppliers(shop_id)}
    return [
        Purchase(
            one, names.get(one.supplier_id, ""), words.word(words.ATTEMPT_STATES, one.state),
            " ".join(filter(None, (one.reason, one.word))),
        )
        for one in attempts
    ]  # fmt: skip
