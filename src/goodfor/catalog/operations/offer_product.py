"""Put a product on sale, if anybody could buy it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog import queries
from goodfor.catalog.errors import NotReady
from goodfor.catalog.operations.set_on_sale import set_on_sale


@transaction.atomic
def offer_product(*, shop_id: UUID, product_id: UUID, actor: str, now: datetime) -> None:
    """Put it on sale. Raises ProductUnknown, and NotReady with the reasons why nobody could buy it."""
    obstacles = queries.get_product(shop_id, product_id).obstacles
    if obstacles:
        raise NotReady(reasons=list(obstacles))
    set_on_sale(shop_id=shop_id, on_sale=True, product_id=product_id, actor=actor, now=now)
