"""The catalogue of a dujiao-next shop."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from goodfor.supply.providers.dujiao.client import Caller, guarded
from goodfor.supply.providers.dujiao.items import categories_of, item_of
from goodfor.supply.providers.dujiao.settings import Settings
from goodfor.supply.providers.numbers import BadReply, amount, records, text
from goodfor.supply.providers.values import Balance, Category, Doubt, Item, ItemPage, Quote, Refused, Site
from goodfor.supply.providers.wire import Wire

PAGE: Final = 100
MAX_PAGES: Final = 2_000


class DujiaoCatalogue:
    """See `base.Catalogue`."""

    def check(self, site: Site) -> None:
        """See `Catalogue.check`."""
        Settings.of(site)

    def balance(self, site: Site, wire: Wire) -> Balance | Refused | Doubt:
        """See `Catalogue.balance`. Another protocol than 1 is not spoken here."""
        settings = Settings.of(site)

        def ask() -> Balance | Refused:
            told = Caller(settings, wire).post("balance", "/ping")
            version = text(told.get("protocol_version"), 10)
            if version and version.partition(".")[0] != "1":
                return Refused("config", "protocol_version", version)
            currency = text(told.get("currency"), 8).upper() or settings.currency
            return Balance(amount(told.get("balance")), currency)

        return guarded(ask)

    def categories(self, site: Site, wire: Wire) -> Sequence[Category] | Refused | Doubt:
        """See `Catalogue.categories`."""
        settings = Settings.of(site)

        def ask() -> Sequence[Category]:
            told = Caller(settings, wire).get("categories", "/categories")
            return categories_of(told.get("categories") if "categories" in told else told.get("items"))

        return guarded(ask)

    def page(
        self, site: Site, wire: Wire, cursor: str | None, changed_since: int | None  # noqa: ARG002
    ) -> ItemPage | Refused | Doubt:  # fmt: skip
        """See `Catalogue.page`. Pages may shrink while they are read: the end is an empty one, not their total."""
        settings, number = Settings.of(site), int(cursor or "1")

        def ask() -> ItemPage:
            told = Caller(settings, wire).get("page", "/products", f"?page={number}&page_size={PAGE}")
            rows = records(told.get("items"))
            items = tuple(item_of(row, settings.currency) for row in rows)
            return ItemPage(items, str(number + 1) if rows and number < MAX_PAGES else None)

        return guarded(ask)

    def item(self, site: Site, wire: Wire, item_id: str) -> Item | Refused | Doubt:
        """See `Catalogue.item`."""
        settings = Settings.of(site)
        if not (item_id.isascii() and item_id.isdigit()):
            return Refused("request", "item_id")

        def ask() -> Item:
            told: dict[str, Any] = Caller(settings, wire).get("item", f"/products/{item_id}")
            row = told["product"] if isinstance(told.get("product"), dict) else told
            found = item_of(row, settings.currency)
            if found.id != str(int(item_id)):
                raise BadReply("other_item")
            return found

        return guarded(ask)

    def quote(self, site: Site, wire: Wire, item_id: str, sku_id: str, quantity: int) -> Quote | Refused | Doubt:
        """See `Catalogue.quote`: the variant of the product says."""
        found = self.item(site, wire, item_id)
        if not isinstance(found, Item):
            return found
        sku = next((one for one in found.skus if one.id == sku_id), None)
        if sku is None:
            return Refused("off_sale", "sku")
        on_sale = sku.on_sale and found.state == "on"
        return Quote(sku.cost, sku.cost * quantity, found.currency, sku.stock, on_sale)

    def check_account(
        self, site: Site, wire: Wire, item: Item, form: Mapping[str, str]  # noqa: ARG002
    ) -> Mapping[str, str]:  # fmt: skip
        """They offer no check of their own."""
        return {}
