"""The catalogue of another Goodfor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from goodfor.supply.providers.goodfor_shop.client import Caller, Denied, Reach, guarded, over_http
from goodfor.supply.providers.goodfor_shop.items import card_of, money_of, product_of
from goodfor.supply.providers.numbers import BadReply, records, text, whole
from goodfor.supply.providers.values import Balance, Category, Doubt, Item, ItemPage, Quote, Refused, Site
from goodfor.supply.providers.wire import Wire

PAGE: Final = 50
MAX_IDS: Final = 100


@dataclass(frozen=True, slots=True)
class ShopCatalogue:
    """See `base.Catalogue`."""

    reach: Reach = over_http

    def check(self, site: Site) -> None:
        """See `Catalogue.check`."""
        self.reach(site, Wire(0.0, float))

    def balance(self, site: Site, wire: Wire) -> Balance | Refused | Doubt:
        """See `Catalogue.balance`: what can be spent."""
        caller = self.reach(site, wire)

        def ask() -> Balance:
            told = caller.get("balance", "/balance")
            return Balance(money_of(told.get("available"), caller.settings.currency), caller.settings.currency)

        return guarded(ask)

    def categories(self, site: Site, wire: Wire) -> Sequence[Category] | Refused | Doubt:
        """See `Catalogue.categories`. A Goodfor of before has no list of them; items name theirs."""
        caller = self.reach(site, wire)

        def ask() -> Sequence[Category]:
            try:
                told = caller.get("categories", "/categories")
            except Denied as no:
                if no.code == "route_not_found":
                    return ()
                raise
            return tuple(
                Category(text(row.get("slug"), 64), text(row.get("name"), 100)) for row in records(told.get("items"))
            )

        return guarded(ask)

    def page(
        self, site: Site, wire: Wire, cursor: str | None, changed_since: int | None  # noqa: ARG002
    ) -> ItemPage | Refused | Doubt:  # fmt: skip
        """See `Catalogue.page`. What is not on sale is not in the list.

        SKUs are what is ordered, and the list has only their ids and the least price: products of several are read.
        """
        caller = self.reach(site, wire)

        def ask() -> ItemPage:
            told = caller.get("page", "/products", {"limit": PAGE, **({"cursor": cursor} if cursor else {})})
            rows = records(told.get("items"))
            stocks = _stocks(caller, "page", [text(one, 64) for row in rows for one in row.get("sku_ids") or []])
            after = text(told.get("next_cursor"), 200)
            if after and after == cursor:
                raise BadReply("same_page")
            found = (_listed(caller, row, stocks) for row in rows)
            return ItemPage(tuple(one for one in found if one is not None), after or None)

        return guarded(ask)

    def item(self, site: Site, wire: Wire, item_id: str) -> Item | Refused | Doubt:
        """See `Catalogue.item`."""
        caller = self.reach(site, wire)
        if not is_id(item_id):
            return Refused("request", "item_id")

        def ask() -> Item:
            told = caller.get("item", f"/products/{item_id}")
            if text(told.get("id"), 64) != item_id:
                raise BadReply("other_item")
            stocks = _stocks(caller, "item", [text(row.get("id"), 64) for row in records(told.get("skus"))])
            return product_of(told, caller.settings.currency, stocks)

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


def _listed(caller: Caller, row: dict[str, Any], stocks: Mapping[str, int]) -> Item | None:
    """A product of the list with its SKUs; None: it is gone meanwhile."""
    number = text(row.get("id"), 64)
    if len(row.get("sku_ids") or []) < 2 or not is_id(number):
        return card_of(row, caller.settings.currency, stocks)
    try:
        return product_of(caller.get("item", f"/products/{number}"), caller.settings.currency, stocks)
    except Denied as no:
        if no.code == "product_unknown":
            return None
        raise


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
