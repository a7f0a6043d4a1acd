"""The connector to Fulu 2.0."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.supply.providers.base import Connector, Descriptor
from goodfor.supply.providers.fulu.catalogue import FuluCatalogue
from goodfor.supply.providers.fulu.purchase import PATIENCE, FuluPurchase
from goodfor.supply.providers.fulu.settings import FIELDS
from goodfor.supply.providers.fulu.webhook import FuluWebhook

CONNECTOR: Final = Connector(
    about=Descriptor(
        protocol="fulu",
        label=_("福禄 2.0"),
        kinds=frozenset({"card", "direct"}),
        # A repeated number is said to be refused by nobody but guesses: it is never sent twice.
        repeat="unsafe",
        found_by="number",
        # They have a field for it and do not say what it is compared with: nothing to rely on.
        guard="none",
        inline=False,
        # All characters are signed, but not their places.
        calls="part",
        found_days=None,
        patience=PATIENCE,
    ),
    settings=FIELDS,
    catalogue=FuluCatalogue(),
    purchase=FuluPurchase(),
    webhook=FuluWebhook(),
    can=frozenset({"codes", "check_account"}),
)
