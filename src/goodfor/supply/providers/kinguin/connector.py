"""The connector to Kinguin ESA."""

from typing import Final

from goodfor.supply.providers.base import Connector, Descriptor
from goodfor.supply.providers.kinguin.aftersale import KinguinAfterSale
from goodfor.supply.providers.kinguin.catalogue import KinguinCatalogue
from goodfor.supply.providers.kinguin.purchase import PATIENCE, KinguinPurchase
from goodfor.supply.providers.kinguin.settings import CURRENCY, FIELDS
from goodfor.supply.providers.kinguin.webhook import KinguinWebhook

CONNECTOR: Final = Connector(
    about=Descriptor(
        protocol="kinguin",
        label="Kinguin ESA",
        kinds=frozenset({"card", "image"}),
        # Numbers should be used once; whether that is enforced is not said.
        repeat="unsafe",
        found_by="both",
        guard="unit",
        inline=False,
        calls="secret",
        currency=CURRENCY,
        partial_refunds=True,
        found_days=None,
        zone="UTC",
        patience=PATIENCE,
        tells_used=False,
        voids_orders=True,
    ),
    settings=FIELDS,
    catalogue=KinguinCatalogue(),
    purchase=KinguinPurchase(),
    after=KinguinAfterSale(),
    webhook=KinguinWebhook(),
    can=frozenset({"codes", "code_state", "void", "statement"}),
)
