"""The connector to dujiao-next shops, upstream protocol 1.0."""

from typing import Final

from goodfor.supply.providers.base import Connector, Descriptor
from goodfor.supply.providers.dujiao.catalogue import DujiaoCatalogue
from goodfor.supply.providers.dujiao.purchase import DujiaoPurchase
from goodfor.supply.providers.dujiao.settings import FIELDS
from goodfor.supply.providers.dujiao.webhook import DujiaoWebhook

CONNECTOR: Final = Connector(
    about=Descriptor(
        protocol="dujiao",
        label="dujiao-next 1.0",
        kinds=frozenset({"card", "manual"}),
        # The same purchase once more gives the order that is there; a question needs their id.
        repeat="same",
        found_by="ref",
        guard="none",
        inline=False,
        calls="all",
        clock_skew=60,
        found_days=None,
    ),
    settings=FIELDS,
    catalogue=DujiaoCatalogue(),
    purchase=DujiaoPurchase(),
    webhook=DujiaoWebhook(),
    can=frozenset({"cancel", "codes"}),
)
