"""The connector to another Goodfor."""

from typing import Final

from goodfor.supply.providers.base import Connector, Descriptor, Rate
from goodfor.supply.providers.goodfor_shop.aftersale import ZONE, ShopAfterSale
from goodfor.supply.providers.goodfor_shop.catalogue import ShopCatalogue
from goodfor.supply.providers.goodfor_shop.purchase import PATIENCE, ShopPurchase
from goodfor.supply.providers.goodfor_shop.settings import FIELDS

CONNECTOR: Final = Connector(
    about=Descriptor(
        protocol="goodfor_shop",
        label="Goodfor",
        kinds=frozenset({"card"}),
        # By the idempotency key for a week; later it is refused, as a number that is known.
        repeat="same",
        found_by="both",
        guard="total",
        inline=True,
        calls="nothing",
        # Money, codes and order are one transaction there: what is not in the list a minute later never was.
        found_after=60,
        found_days=None,
        # What a key is given where nobody says otherwise.
        rates=(Rate("*", 600, 60.0),),
        clock_skew=300,
        partial_refunds=True,
        zone=ZONE,
        patience=PATIENCE,
    ),
    settings=FIELDS,
    catalogue=ShopCatalogue(),
    purchase=ShopPurchase(),
    after=ShopAfterSale(),
    can=frozenset({"cancel", "codes", "statement"}),
)
