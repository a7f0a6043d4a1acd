"""The connector to Lsxd direct top-up."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.supply.providers.base import Connector, Descriptor
from goodfor.supply.providers.lsxd.catalogue import LsxdCatalogue
from goodfor.supply.providers.lsxd.purchase import LsxdPurchase
from goodfor.supply.providers.lsxd.settings import FIELDS
from goodfor.supply.providers.lsxd.webhook import LsxdWebhook

CONNECTOR: Final = Connector(
    about=Descriptor(
        protocol="lsxd",
        label=_("蓝色兄弟直充"),
        kinds=frozenset({"direct"}),
        repeat="refused",
        found_by="number",
        # An order carries no price at all.
        guard="none",
        inline=False,
        # `extendParameter` is left out of the signature, as the version is: nothing in it is read.
        calls="part",
        found_days=None,
        # "Several" repeats, at times that are not told.
        retries=(),
    ),
    settings=FIELDS,
    catalogue=LsxdCatalogue(),
    purchase=LsxdPurchase(),
    webhook=LsxdWebhook(),
)
