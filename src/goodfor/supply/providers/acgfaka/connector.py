"""The connector to shared stores of acg-faka 3."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.supply.providers.acgfaka.catalogue import AcgfakaCatalogue
from goodfor.supply.providers.acgfaka.purchase import AcgfakaPurchase
from goodfor.supply.providers.acgfaka.settings import FIELDS
from goodfor.supply.providers.base import Connector, Descriptor

CONNECTOR: Final = Connector(
    about=Descriptor(
        protocol="acgfaka",
        label=_("异次元发卡"),
        kinds=frozenset({"card"}),
        # An error, which does not give the first result.
        repeat="refused",
        # By their number, which is known only where the reply came.
        found_by="ref",
        guard="none",
        inline=True,
        # They tell nothing by themselves.
        calls="nothing",
        number=r"[0-9A-Za-z]{1,19}",
        found_days=None,
    ),
    settings=FIELDS,
    catalogue=AcgfakaCatalogue(),
    purchase=AcgfakaPurchase(),
    can=frozenset({"codes"}),
)
