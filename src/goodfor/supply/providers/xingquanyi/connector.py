"""The connector to Xingquanyi."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.supply.providers.base import Connector, Descriptor, Rate
from goodfor.supply.providers.xingquanyi.catalogue import XingquanyiCatalogue
from goodfor.supply.providers.xingquanyi.purchase import XingquanyiPurchase
from goodfor.supply.providers.xingquanyi.settings import FIELDS
from goodfor.supply.providers.xingquanyi.webhook import XingquanyiWebhook

CONNECTOR: Final = Connector(
    about=Descriptor(
        protocol="xingquanyi",
        label=_("星权益"),
        kinds=frozenset({"card", "direct", "ticket", "link", "image", "manual"}),
        repeat="refused",
        found_by="number",
        guard="unit",
        inline=True,
        # Codes are left out of the signature.
        calls="part",
        found_days=None,
        # What an item is may take two calls of the 120 that a minute has.
        rates=(Rate("page", 60, 60.0), Rate("item", 50, 60.0), Rate("quote", 120, 60.0)),
        partial_refunds=True,
        # Three calls in all.
        retries=(10, 10),
    ),
    settings=FIELDS,
    catalogue=XingquanyiCatalogue(),
    purchase=XingquanyiPurchase(),
    webhook=XingquanyiWebhook(),
    can=frozenset({"codes"}),
)
