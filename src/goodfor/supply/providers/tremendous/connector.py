"""The connector to Tremendous v2."""

from typing import Final

from goodfor.supply.providers.base import Connector, Descriptor
from goodfor.supply.providers.tremendous.aftersale import TremendousAfterSale
from goodfor.supply.providers.tremendous.catalogue import TremendousCatalogue
from goodfor.supply.providers.tremendous.purchase import TremendousPurchase
from goodfor.supply.providers.tremendous.settings import FIELDS
from goodfor.supply.providers.tremendous.webhook import TremendousWebhook

CONNECTOR: Final = Connector(
    about=Descriptor(
        protocol="tremendous",
        label="Tremendous",
        kinds=frozenset({"link", "direct"}),
        repeat="same",
        found_by="both",
        # What is sent is the face value, and that is what is charged.
        guard="exact",
        inline=True,
        calls="all",
        currency="USD",
        number=r"[A-Z0-9]{4,20}",
        found_days=None,
        zone="UTC",
    ),
    settings=FIELDS,
    catalogue=TremendousCatalogue(),
    purchase=TremendousPurchase(),
    after=TremendousAfterSale(),
    webhook=TremendousWebhook(),
    can=frozenset({"cancel", "codes", "void"}),
)
