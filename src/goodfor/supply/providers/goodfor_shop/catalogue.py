"""The catalogue of another Goodfor."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from goodfor.supply.providers.goodfor_shop.client import Caller, guarded
from goodfor.supply.providers.goodfor_shop.items import card_of, money_of, product_of
from goodfor.supply.providers.goodfor_shop.settings import Settings
from goodfor.supply.providers.numbers import BadReply, records, text, whole
from goodfor.supply.providers.values import Balance, Category, Doubt, Item, ItemPage, Quote, Refused, Site
from goodfor.supply.providers.wire import Wire

PAGE: Final = 50
MAX_IDS: Final = 100


class ShopCatalogue:
    """See `base.Catalogue`."""

    def check(self, site: Site) -> None:
        """See `Catalogue.check`."""
        Settings.of(site)

    def balance(self, site: Site, wire: Wire) -> Balance | Refused | Doubt:
        """See `Catalogue.balance`: what can be spent."""
        settings = Settings.of(site)

        def ask() -> Balance:
            told = Caller(settings, wire).get("balance", "/balance")
            return Balance(money_of(told.get("available"), settings.currency), settings.currency)

        return guarded(ask)

    def categories(self, site: Site, wire: Wire) -> Sequence[Category]:  # noqa: ARG002
        """The API has no list of them; items name theirs."""
        return ()

    def page(
        self, site: Site, wire: Wire, cursor: str | None, changed_since: int | None  # noqa: ARG002
    ) -> ItemPage | Refused | Doubt:  # fmt: skip
        """See `Catalogue.page`. What is not on sale is not in the list."""
        settings = Settings.of(site)

        def ask() -> ItemPage:
            caller = Caller(settings, wire)
            told = caller.get("page", "/products", {"limit": PAGE, **({"cursor": cursor} if cursor else {})})
            rows = records(told.get("items"))
            stocks = _stocks(caller, "page", [text(one, 64) for row in rows for one in row.get("sku_ids") or []])
            after = text(told.get("next_cursor"), 200)
            if after and after == cursor:
                raise BadReply("same_page")
            return ItemPage(tuple(card_of(row, settings.currency, stocks) for row in rows), after or None)

        return guarded(ask)

    def item(self, site: Site, wire: Wire, item_id: str) -> Item | Refused | Doubt:
        """See `Catalogue.item`."""
        settings = Settings.of(site)
        if not is_id(item_id):
            return Refused("request", "item_id")

        def ask() -> Item:
            caller = Caller(settings, wire)
            told = caller.get("item", f"/products/{item_id}")
            if text(told.get("id"), 64) != item_id:
                raise BadReply("other_item")
            stocks = _stocks(caller, "item", [text(row.get("id"), 64) for row in records(told.get("skus"))])
            return product_of(told, settings.currency, stocks)

        return guarded(ask)

    def quote(self, site: Site, wire: Wire, item_id: str, sku_id: str, quantity: int) -> Quote | Refused | Doubt:
        """See `Catalogue.quote`."""
        found = self.item(site, wire, item_id)
        if not isinstance(found, Item):
            return found
        sku = next((one for one in found.skus if one.id == sku_id), None)
        if sku is None:
            return Refused("off_sale", "sku")
        on = found.state == "on" and sku.on_sale
        return Quote(sku.cost, sku.cost * quantity, found.currency, sku.stock, on)

    def check_account(
        self, site: Site, wire: Wire, item: Item, form: Mapping[str, str]  # noqa: ARG002
    ) -> Mapping[str, str]:  # fmt: skip
        """Nothing is asked of the buyer."""
        return {}


def is_id(value: str) -> bool:
    """Whether it is an id of theirs as they write it: it goes into addresses."""
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False


def _stocks(caller: Caller, what: str, sku_ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    asked = [one for one in dict.fromkeys(sku_ids) if is_id(one)]
    for start in range(0, len(asked), MAX_IDS):
        told: dict[str, Any] = caller.get(what, "/stock", {"sku_ids": asked[start : start + MAX_IDS]})
        for row in records(told.get("items")):
            count = whole(row.get("available"))
            if count is not None:
                found[text(row.get("sku_id"), 64)] = count
    return found
