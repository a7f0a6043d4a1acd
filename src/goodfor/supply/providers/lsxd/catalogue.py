"""The catalogue of Lsxd: one list, all of it at once."""

from collections.abc import Mapping, Sequence

from goodfor.supply.providers.lsxd.client import Caller, guarded
from goodfor.supply.providers.lsxd.items import items_of
from goodfor.supply.providers.lsxd.settings import Settings
from goodfor.supply.providers.numbers import amount
from goodfor.supply.providers.values import Balance, Category, Doubt, Item, ItemPage, Quote, Refused, Site
from goodfor.supply.providers.wire import LIST_BYTES, Wire


class LsxdCatalogue:
    """See `base.Catalogue`."""

    def check(self, site: Site) -> None:
        """See `Catalogue.check`."""
        Settings.of(site)

    def balance(self, site: Site, wire: Wire) -> Balance | Refused | Doubt:
        """See `Catalogue.balance`."""
        settings = Settings.of(site)

        def ask() -> Balance:
            told = Caller(settings, wire).post("balance", "/recharge/info", {})
            return Balance(amount(told.get("balance")), settings.currency)

        return guarded(ask)

    def categories(self, site: Site, wire: Wire) -> Sequence[Category]:  # noqa: ARG002
        """They have none."""
        return ()

    def page(
        self, site: Site, wire: Wire, cursor: str | None, changed_since: int | None  # noqa: ARG002
    ) -> ItemPage | Refused | Doubt:  # fmt: skip
        """See `Catalogue.page`: there is one."""
        found = self._all(site, wire, "page")
        return ItemPage(tuple(found)) if isinstance(found, list) else found

    def item(self, site: Site, wire: Wire, item_id: str) -> Item | Refused | Doubt:
        """See `Catalogue.item`: looked up in the list, there is no call for one."""
        found = self._all(site, wire, "item")
        if not isinstance(found, list):
            return found
        return next((one for one in found if one.id == item_id), Refused("off_sale", "not_listed"))

    def quote(self, site: Site, wire: Wire, item_id: str, sku_id: str, quantity: int) -> Quote | Refused | Doubt:
        """See `Catalogue.quote`: the item itself says."""
        if sku_id or quantity != 1:
            return Refused("request", "sku_id" if sku_id else "quantity")
        found = self.item(site, wire, item_id)
        if not isinstance(found, Item):
            return found
        return Quote(found.cost, found.cost, found.currency, found.stock, found.state == "on")

    def check_account(
        self, site: Site, wire: Wire, item: Item, form: Mapping[str, str]  # noqa: ARG002
    ) -> Mapping[str, str]:  # fmt: skip
        """They offer no check of their own."""
        return {}

    def _all(self, site: Site, wire: Wire, what: str) -> list[Item] | Refused | Doubt:
        settings = Settings.of(site)

        def ask() -> list[Item]:
            told = Caller(settings, wire).post(what, "/recharge/product", {}, most=LIST_BYTES)
            return items_of(told, settings.currency, settings.products)

        return guarded(ask)
