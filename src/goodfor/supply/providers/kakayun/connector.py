"""The connector to Kakayun v3."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.supply.providers.base import Connector, Descriptor, Rate
from goodfor.supply.providers.kakayun.catalogue import KakayunCatalogue
from goodfor.supply.providers.kakayun.purchase import KakayunPurchase
from goodfor.supply.providers.kakayun.settings import FIELDS
from goodfor.supply.providers.kakayun.webhook import KakayunWebhook

CONNECTOR: Final = Connector(
    about=Descriptor(
        protocol="kakayun",
        label=_("咔咔云 v3"),
        kinds=frozenset({"card", "direct"}),
        repeat="refused",
        found_by="both",
        guard="total",
        inline=False,
        calls="all",
        rates=(
            Rate("query", 180, 60), Rate("codes", 180, 60), Rate("cancel", 60, 60), Rate("categories", 1, 2),
            Rate("item", 1, 2), Rate("quote", 1, 1), Rate("page", 1, 5), Rate("subscribe", 60, 60),
            Rate("unsubscribe", 60, 60),
        ),
        clock_skew=300,
        retries=(300, 600, 900, 1200, 1500),
        partial_refunds=True,
        found_days=30,
    ),
    settings=FIELDS,
    catalogue=KakayunCatalogue(),
    purchase=KakayunPurchase(),
    webhook=KakayunWebhook(),
    can=frozenset({"cancel", "codes"}),
)  # fmt: skip
