"""The catalogue of a Kayixin site."""

from collections.abc import Mapping, Sequence
from typing import Final

from goodfor.supply.providers.kayixin.client import Caller, guarded
from goodfor.supply.providers.kayixin.items import categories_of, item_of
from goodfor.supply.providers.kayixin.settings import Settings
from goodfor.supply.providers.numbers import BadReply, amount, record, records, whole
from goodfor.supply.providers.values import Balance, Category, Doubt, Item, ItemPage, Quote, Refused, Site
from goodfor.supply.providers.wire import Wire

MAX_PAGES: Final = 5_000


class KayixinCatalogue:
    """See `base.Catalogue`."""

    def check(self, site: Site) -> None:
        """See `Catalogue.check`."""
        Settings.of(site)

    def balance(self, site: Site, wire: Wire) -> Balance | Refused | Doubt:
        """See `Catalogue.balance`."""
        settings = Settings.of(site)

        def ask() -> Balance:
            told = record(Caller(settings, wire).post("balance", "/api/v3/user/getAccount", {}))
            return Balance(amount(told.get("balance")), settings.currency)

        return guarded(ask)

    def categories(self, site: Site, wire: Wire) -> Sequence[Category] | Refused | Doubt:
        """See `Catalogue.categories`."""
        settings = Settings.of(site)
        return guarded(lambda: categories_of(Caller(settings, wire).post("categories", "/api/v3/goods/getDirs", {})))

    def page(
        self, site: Site, wire: Wire, cursor: str | None, changed_since: int | None  # noqa: ARG002
    ) -> ItemPage | Refused | Doubt:  # fmt: skip
        """See `Catalogue.page`. What they say of how many pages there are is not trusted: the end is an empty one."""
        settings, number = Settings.of(site), int(cursor or "1")

        def ask() -> ItemPage:
            told = record(Caller(settings, wire).post("page", "/api/v3/goods/getList", {"page": number}))
            rows = records(told.get("items"))
            items = tuple(item_of(row, settings.currency, whole_item=False) for row in rows)
            return ItemPage(items, str(number + 1) if rows and number < MAX_PAGES else None)

        return guarded(ask)

    def item(self, site: Site, wire: Wire, item_id: str) -> Item | Refused | Doubt:
        """See `Catalogue.item`."""
        settings = Settings.of(site)
        if not (item_id.isascii() and item_id.isdigit()):
            return Refused("request", "item_id")

        def ask() -> Item:
            told = record(Caller(settings, wire).post("item", "/api/v3/goods/getDetail", {"goodsId": int(item_id)}))
            if whole(told.get("goodsId")) != int(item_id):
                raise BadReply("other_item")
            return item_of(told, settings.currency, whole_item=True)

        return guarded(ask)

    def quote(self, site: Site, wire: Wire, item_id: str, sku_id: str, quantity: int) -> Quote | Refused | Doubt:
        """See `Catalogue.quote`. One bought is `multiple` units charged."""
        found = self.item(site, wire, item_id)
        if not isinstance(found, Item):
            return found
        cost, stock, on = found.cost, found.stock, found.state == "on"
        if sku_id:
            sku = next((one for one in found.skus if one.id == sku_id), None)
            if sku is None:
                return Refused("off_sale", "sku")
            cost, stock, on = sku.cost, sku.stock, on and sku.on_sale
        unit = cost * found.multiple
        return Quote(unit, unit * quantity, found.currency, stock, on)

    def check_account(
        self, site: Site, wire: Wire, item: Item, form: Mapping[str, str]  # noqa: ARG002
    ) -> Mapping[str, str]:  # fmt: skip
        """They offer no check of their own."""
        return {}
