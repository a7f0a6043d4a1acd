"""The connector to a person. It keeps nothing: the hub writes the sheet, and reads what comes back."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.supply.providers.base import Connector, Descriptor
from goodfor.supply.providers.files.settings import FIELDS, Settings
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    Category,
    Code,
    Doubt,
    Item,
    ItemPage,
    OrderRef,
    Placed,
    PlaceRequest,
    Quote,
    Refused,
    Site,
)
from goodfor.supply.providers.wire import Wire

WAITS: Final = Doubt("waits_for_person")


class FileCatalogue:
    """See `base.Catalogue`: what there is came with a file (`prices.read_catalogue`), nobody can be asked."""

    def check(self, site: Site) -> None:
        """See `Catalogue.check`."""
        Settings.of(site)

    def balance(self, site: Site, wire: Wire) -> Balance | Refused | Doubt:  # noqa: ARG002
        """Nobody can be asked."""
        return WAITS

    def categories(self, site: Site, wire: Wire) -> Sequence[Category] | Refused | Doubt:  # noqa: ARG002
        """There are none."""
        return ()

    def page(
        self, site: Site, wire: Wire, cursor: str | None, changed_since: int | None  # noqa: ARG002
    ) -> ItemPage | Refused | Doubt:  # fmt: skip
        """Not an empty page: that would say that everything is gone."""
        return WAITS

    def item(self, site: Site, wire: Wire, item_id: str) -> Item | Refused | Doubt:  # noqa: ARG002
        """As `page`."""
        return WAITS

    def quote(
        self, site: Site, wire: Wire, item_id: str, sku_id: str, quantity: int  # noqa: ARG002
    ) -> Quote | Refused | Doubt:  # fmt: skip
        """Prices came with the list: there is nobody to ask."""
        return Refused("request", "unsupported")

    def check_account(
        self, site: Site, wire: Wire, item: Item, form: Mapping[str, str]  # noqa: ARG002
    ) -> Mapping[str, str]:  # fmt: skip
        """Nobody can be asked."""
        return {}


class FilePurchase:
    """See `base.Purchase`."""

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:  # noqa: ARG002
        """See `Purchase.place`: taken up for the next sheet. Nothing was sent yet, and nothing is charged here."""
        Settings.of(site)
        if not request.item_id or request.quantity < 1:
            return Refused("request", "item_id" if not request.item_id else "quantity")
        if request.currency != site.currency:
            return Refused("request", "currency")
        return Accepted()

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Doubt:  # noqa: ARG002
        """Only the sheet that comes back tells."""
        return WAITS

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...] | Refused | Doubt:  # noqa: ARG002
        """As `query`."""
        return WAITS

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:  # noqa: ARG002
        """Somebody has to talk to the person."""
        return Refused("request", "unsupported")


CONNECTOR: Final = Connector(
    about=Descriptor(
        protocol="files",
        label=_("表格往来"),
        kinds=frozenset({"card", "direct", "ticket", "link", "manual"}),
        repeat="same",
        found_by="nothing",
        guard="agreed",
        inline=False,
        calls="nothing",
        found_days=None,
    ),
    settings=FIELDS,
    catalogue=FileCatalogue(),
    purchase=FilePurchase(),
)
