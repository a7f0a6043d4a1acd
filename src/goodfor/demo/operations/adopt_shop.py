"""Mark what the demo shop of an installation was made with, so that it can be taken away like any other demo."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog import queries as catalog
from goodfor.demo.models import Mark
from goodfor.demo.types import ABROAD, OFFERS
from goodfor.identity import queries as identity
from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.payments import queries as payments
from goodfor.vault import queries as vault


@transaction.atomic
def adopt_shop(*, shop_id: UUID, actor: str, now: datetime) -> int:
    """Mark all products, SKUs, batches, clients and accounts of a shop that was made as a demo; how many marks.

    Only for a shop that nobody has used yet. Again it changes nothing.
    """
    advisory_xact_lock(("demo", shop_id))
    if Mark.objects.filter(shop_id=shop_id).exists():
        return 0
    codes = {code for offer in (*OFFERS, *ABROAD) for code, *_rest in offer.skus}
    marks: list[tuple[str, UUID]] = []
    for product in catalog.all_products(shop_id):
        marks.append((f"shelf:{product.category.slug}", product.category.id))
        marks.append((f"product:{product.slug}", product.id))
        for sku in product.skus:
            if sku.code in codes:
                marks.append((f"sku:{sku.code}", sku.id))
                batches = enumerate(reversed(vault.batches(shop_id, sku_id=sku.id)), start=1)
                marks += [(f"codes:{sku.code}:{n}", batch.id) for n, batch in batches]
    marks += [(f"client:{n}", one.id) for n, one in enumerate(identity.clients_of_shop(shop_id), start=1)]
    marks += [(f"account:{account.code}", account.id) for account in payments.accounts(shop_id, now)]
    for key, subject_id in dict(marks).items():
        Mark.objects.create(shop_id=shop_id, key=key, subject_id=subject_id)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="demo.adopted",
        subject=("shop", shop_id),
        data={"marks": len(dict(marks))},
        now=now,
    )
    return len(dict(marks))
