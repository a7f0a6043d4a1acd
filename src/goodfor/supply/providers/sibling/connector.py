"""The connector to another shop of this installation.

It speaks the API like a buyer from elsewhere: by a key that the other shop issued and can take back, paid from the
balance that the key's client has there. So the other shop agreed, its limits and its books hold, and our number is its
idempotency key. Only the network is left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.money import EXPONENTS
from goodfor.supply.providers.base import Connector, SettingField
from goodfor.supply.providers.goodfor_shop.aftersale import ShopAfterSale
from goodfor.supply.providers.goodfor_shop.catalogue import ShopCatalogue, is_id
from goodfor.supply.providers.goodfor_shop.client import Caller
from goodfor.supply.providers.goodfor_shop.connector import CONNECTOR as GOODFOR
from goodfor.supply.providers.goodfor_shop.purchase import ShopPurchase
from goodfor.supply.providers.goodfor_shop.settings import Settings, key_id_of
from goodfor.supply.providers.sibling.port import house
from goodfor.supply.providers.values import (
    Asked,
    Code,
    ConfigProblem,
    Doubt,
    Order,
    OrderRef,
    Placed,
    PlaceRequest,
    Refused,
    Site,
)
from goodfor.supply.providers.wire import Reply, Wire

PROTOCOL: Final = "sibling"
_SHOP: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
FIELDS: Final = (
    SettingField("shop", _("店铺编码"), _("同一套 Goodfor 里的另一家店，填它的编码")),
    SettingField(
        "api_key", _("API 密钥"), _("由对方店铺在它的后台发给你，用它的余额付款；对方随时可以收回"), secret=True
    ),
)  # fmt: skip


def inside(site: Site, wire: Wire) -> Caller:
    """A caller that stays in the house. Raises ConfigProblem."""
    shop = str(site.config.get("shop", "")).strip()
    if not _SHOP.fullmatch(shop):
        raise ConfigProblem("shop", "malformed")
    api_key = site.secrets.get("api_key", "").strip()
    if site.currency not in EXPONENTS:
        raise ConfigProblem("currency", "unknown")
    settings = Settings(f"goodfor:{shop}", site.currency, key_id_of(api_key), api_key, b"")
    return Caller(settings, wire, partial(_carry, site.shop_id, shop))


def _carry(buyer: UUID, shop: str, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    path = url.removeprefix(f"goodfor:{shop}")
    return house().carry(buyer=buyer, shop=shop, method=method, path=path, body=body, headers=headers)


@dataclass(frozen=True, slots=True)
class SiblingPurchase:
    """See `base.Purchase`."""

    shop: ShopPurchase

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """See `Purchase.place`. Never where the goods would come from ourselves."""
        shop = inside(site, wire).settings.base_url.removeprefix("goodfor:")
        if is_id(request.sku_id) and house().leads_back(buyer=site.shop_id, shop=shop, sku_id=UUID(request.sku_id)):
            # What was bought before somebody closed the circle is there: the same call gives the same order.
            known = self.query(site, wire, OrderRef(request.number, "", datetime.fromtimestamp(wire.now, UTC)))
            if not isinstance(known, Order):
                return Refused("config", "loop") if not isinstance(known, Doubt) else known
        return self.shop.place(site, wire, request)

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """See `Purchase.query`."""
        return self.shop.query(site, wire, order)

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...] | Refused | Doubt:
        """See `Purchase.codes`."""
        return self.shop.codes(site, wire, order)

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:
        """See `Purchase.cancel`."""
        return self.shop.cancel(site, wire, order, reason)


CONNECTOR: Final = Connector(
    about=replace(GOODFOR.about, protocol=PROTOCOL, label=_("本站的其他店铺"), rates=(), clock_skew=None),
    settings=FIELDS,
    catalogue=ShopCatalogue(inside),
    purchase=SiblingPurchase(ShopPurchase(inside)),
    after=ShopAfterSale(inside),
    can=GOODFOR.can,
)
