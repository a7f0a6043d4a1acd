"""The connector to Xinghai."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.supply.providers.base import Connector, Descriptor, Rate
from goodfor.supply.providers.xinghai.catalogue import XinghaiCatalogue
from goodfor.supply.providers.xinghai.purchase import XinghaiPurchase
from goodfor.supply.providers.xinghai.settings import FIELDS
from goodfor.supply.providers.xinghai.webhook import XinghaiWebhook

CONNECTOR: Final = Connector(
    about=Descriptor(
        protocol="xinghai",
        label=_("星海"),
        kinds=frozenset({"card", "direct", "link", "image"}),
        repeat="new_after_failure",
        found_by="number",
        guard="exact",
        inline=True,
        calls="all",
        # Cards may be asked about after a minute, everything else after three.
        found_after=180,
        # This month and the last one.
        found_days=28,
        # One list answers for page, item and quote.
        rates=(
            Rate("balance", 1, 10.0), Rate("page", 1, 5.0), Rate("item", 1, 5.0), Rate("quote", 1, 5.0),
            Rate("place", 100, 1.0), Rate("query", 30, 1.0),
        ),
        retries=(60,) * 10,
    ),
    settings=FIELDS,
    catalogue=XinghaiCatalogue(),
    purchase=XinghaiPurchase(),
    webhook=XinghaiWebhook(),
    can=frozenset({"codes"}),
)  # fmt: skip
