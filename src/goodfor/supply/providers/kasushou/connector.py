"""The connector to Kasushou 2.0."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.supply.providers.base import Connector, Descriptor
from goodfor.supply.providers.kasushou.aftersale import KasushouAfterSale
from goodfor.supply.providers.kasushou.catalogue import KasushouCatalogue
from goodfor.supply.providers.kasushou.purchase import KasushouPurchase
from goodfor.supply.providers.kasushou.settings import FIELDS
from goodfor.supply.providers.kasushou.webhook import KasushouWebhook

CONNECTOR: Final = Connector(
    about=Descriptor(
        protocol="kasushou",
        label=_("卡速售 2.0"),
        kinds=frozenset({"card", "direct"}),
        repeat="refused",
        found_by="both",
        guard="unit",
        inline=False,
        calls="part",
        retries=(300, 600, 900, 1200, 1500),
        partial_refunds=True,
        found_days=None,
    ),
    settings=FIELDS,
    catalogue=KasushouCatalogue(),
    purchase=KasushouPurchase(),
    after=KasushouAfterSale(),
    webhook=KasushouWebhook(),
    can=frozenset({"cancel", "codes", "complain"}),
)
