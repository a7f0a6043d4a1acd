"""The connector to Kayixin 3.0."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.supply.providers.base import Connector, Descriptor
from goodfor.supply.providers.kayixin.aftersale import KayixinAfterSale
from goodfor.supply.providers.kayixin.catalogue import KayixinCatalogue
from goodfor.supply.providers.kayixin.purchase import KayixinPurchase
from goodfor.supply.providers.kayixin.settings import FIELDS
from goodfor.supply.providers.kayixin.webhook import KayixinWebhook

CONNECTOR: Final = Connector(
    about=Descriptor(
        protocol="kayixin",
        label=_("卡易信 3.0"),
        kinds=frozenset({"card", "direct"}),
        # Nothing is said of a repeated number: it is never sent twice.
        repeat="unsafe",
        found_by="both",
        guard="total",
        inline=True,
        calls="all",
        retries=(15, 15, 30, 180, 600, 1200, 1800),
        partial_refunds=True,
        found_days=None,
    ),
    settings=FIELDS,
    catalogue=KayixinCatalogue(),
    purchase=KayixinPurchase(),
    after=KayixinAfterSale(),
    webhook=KayixinWebhook(),
    can=frozenset({"cancel", "codes", "code_state", "void", "complain"}),
)
