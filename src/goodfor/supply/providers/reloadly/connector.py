"""The connector to Reloadly gift cards."""

from typing import Final

from goodfor.supply.providers.base import Connector, Descriptor
from goodfor.supply.providers.reloadly.aftersale import ReloadlyAfterSale
from goodfor.supply.providers.reloadly.catalogue import ReloadlyCatalogue
from goodfor.supply.providers.reloadly.purchase import ReloadlyPurchase
from goodfor.supply.providers.reloadly.settings import FIELDS
from goodfor.supply.providers.reloadly.webhook import ReloadlyWebhook

CONNECTOR: Final = Connector(
    about=Descriptor(
        protocol="reloadly",
        label="Reloadly",
        kinds=frozenset({"card"}),
        repeat="refused",
        found_by="list",
        guard="none",
        inline=False,
        calls="all",
        currency="USD",
        found_days=None,
        zone="UTC",
    ),
    settings=FIELDS,
    catalogue=ReloadlyCatalogue(),
    purchase=ReloadlyPurchase(),
    after=ReloadlyAfterSale(),
    webhook=ReloadlyWebhook(),
    can=frozenset({"codes", "statement"}),
)
