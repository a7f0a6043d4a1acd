"""Put a SKU up for a partner, change its points, or take it down."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.catalog import queries as catalog
from goodfor.catalog.errors import NotOnSale, SkuUnknown
from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.orders.types import DIRECT
from goodfor.partners.errors import InvalidPartner
from goodfor.partners.locks import lock_account
from goodfor.partners.mapping import offer_view
from goodfor.partners.models import Offer
from goodfor.partners.types import OfferView


@transaction.atomic(savepoint=False)
def set_offer(
    *, shop_id: UUID, account_id: UUID, sku_id: UUID, units: int, on: bool, actor: str, now: datetime
) -> OfferView:
    """Where ours is the mall, what it takes; where the mall is theirs, the least that it must have taken.

    Top-ups are not offered: they ask for an account. Raises PartnerNotFound, InvalidPartner with `field`.
    """
    account = lock_account(shop_id, account_id)
    if not 1 <= units <= 10**9:
        raise InvalidPartner(_("数值超出范围"), field="units")
    row = Offer.objects.filter(shop_id=shop_id, account=account, sku_id=sku_id).first()
    if on and _asks_for_account(shop_id, sku_id):
        raise InvalidPartner(_("这里只能放卡密商品"), field="sku")
    row = row or Offer(id=uuid7(), shop_id=shop_id, account=account, sku_id=sku_id)
    row.units, row.on = units, on
    row.save()
    audit.record(
        shop_id=shop_id, actor=actor, action="partners.offer_set", subject=("partner", account.id),
        data={"sku": str(sku_id), "units": units, "on": on}, now=now,
    )  # fmt: skip
    return offer_view(row)


def _asks_for_account(shop_id: UUID, sku_id: UUID) -> bool:
    try:
        return catalog.skus_for_sale(shop_id, [sku_id])[sku_id].delivery_kind == DIRECT
    except (NotOnSale, SkuUnknown):
        raise InvalidPartner(_("没有这个规格，或没有上架"), field="sku") from None
