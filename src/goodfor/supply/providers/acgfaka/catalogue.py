"""The catalogue of an acg-faka shop: all there is comes at once."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_UP, Decimal
from typing import Final

from goodfor.supply.providers.acgfaka.client import Caller, guarded
from goodfor.supply.providers.acgfaka.items import item_of, stocked, tree_of
from goodfor.supply.providers.acgfaka.settings import Settings
from goodfor.supply.providers.acgfaka.signing import Value
from goodfor.supply.providers.acgfaka.variants import read_variant
from goodfor.supply.providers.numbers import BadReply, amount, record, text
from goodfor.supply.providers.values import Balance, Category, Doubt, Item, ItemPage, Quote, Refused, Site
from goodfor.supply.providers.wire import LIST_BYTES, Wire

_CENT: Final = Decimal("0.01")


class AcgfakaCatalogue:
    """See `base.Catalogue`."""

    def check(self, site: Site) -> None:
        """See `Catalogue.check`."""
        Settings.of(site)

    def balance(self, site: Site, wire: Wire) -> Balance | Refused | Doubt:
        """See `Catalogue.balance`."""
        settings = Settings.of(site)

        def ask() -> Balance:
            told = record(Caller(settings, wire).post("balance", "authentication/connect", {}))
            return Balance(amount(told.get("balance")), settings.currency)

        return guarded(ask)

    def categories(self, site: Site, wire: Wire) -> Sequence[Category] | Refused | Doubt:
        """See `Catalogue.categories`."""
        settings = Settings.of(site)
        return guarded(
            lambda: tree_of(
                Caller(settings, wire).post("categories", "commodity/items", {}, most=LIST_BYTES), settings.currency
            )[0]
        )

    def page(
        self, site: Site, wire: Wire, cursor: str | None, changed_since: int | None  # noqa: ARG002
    ) -> ItemPage | Refused | Doubt:  # fmt: skip
        """See `Catalogue.page`."""
        settings = Settings.of(site)

        def ask() -> ItemPage:
            rows = Caller(settings, wire).post("page", "commodity/items", {}, most=LIST_BYTES)
            return ItemPage(tuple(tree_of(rows, settings.currency)[1]))

        return guarded(ask)

    def item(self, site: Site, wire: Wire, item_id: str) -> Item | Refused | Doubt:
        """See `Catalogue.item`: its form, then what is left of it."""
        settings = Settings.of(site)

        def ask() -> Item:
            caller = Caller(settings, wire)
            row = record(caller.post("item", "commodity/item", {"code": item_id}))
            if text(row.get("code"), 64) != item_id:
                raise BadReply("other_item")
            found = item_of(row, settings.currency, category=text(row.get("category_id"), 64), whole_item=True)
            left = record(caller.post("item", "commodity/inventory", {"sharedCode": item_id, "race": ""}))
            return stocked(found, left)

        return guarded(ask) if item_id else Refused("request", "item_id")

    def quote(self, site: Site, wire: Wire, item_id: str, sku_id: str, quantity: int) -> Quote | Refused | Doubt:
        """See `Catalogue.quote`. Whether their price is for one or for all is not described: the dearer is taken."""
        settings, variant = Settings.of(site), read_variant(sku_id)
        if variant is None or not item_id or quantity < 1:
            return Refused("request", "sku_id" if variant is None else "item_id")

        def ask() -> Quote:
            caller = Caller(settings, wire)
            wish: dict[str, Value] = {"code": item_id, "race": variant.race, "sku": variant.sku, "card_id": 0}
            unit = _price(caller, wish | {"num": 1})
            total = unit if quantity == 1 else _price(caller, wish | {"num": quantity})
            if quantity > 1 and total <= unit:
                total *= quantity
            left = record(caller.post("quote", "commodity/inventory", {"sharedCode": item_id, "race": variant.race}))
            stock = stocked(_ANY, {"count": left.get("count")}).stock
            return Quote((total / quantity).quantize(_CENT, ROUND_UP), total, settings.currency, stock, on_sale=True)

        return guarded(ask)

    def check_account(
        self, site: Site, wire: Wire, item: Item, form: Mapping[str, str]  # noqa: ARG002
    ) -> Mapping[str, str]:  # fmt: skip
        """They offer no check of their own."""
        return {}


_ANY: Final = Item("-", "", "card", Decimal(0), "CNY")


def _price(caller: Caller, wish: Mapping[str, Value]) -> Decimal:
    found = amount(record(caller.post("quote", "commodity/valuation", wish)).get("price"), "bad_price")
    if found < 0:
        raise BadReply("bad_price")
    return found
