"""The catalogue of Reloadly."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, amount, record, records, text, whole
from goodfor.supply.providers.reloadly.client import NOT_FOUND, Caller, Denied, guarded
from goodfor.supply.providers.reloadly.items import cost_of, item_of, read_sku
from goodfor.supply.providers.reloadly.settings import Settings
from goodfor.supply.providers.values import Balance, Category, Doubt, Item, ItemPage, Quote, Refused, Site, Stock
from goodfor.supply.providers.wire import Wire

#: A reply has room for so many with their long texts.
PAGE: Final = 25
MAX_PAGES: Final = 2_000


class ReloadlyCatalogue:
    """See `base.Catalogue`."""

    def check(self, site: Site) -> None:
        """See `Catalogue.check`."""
        Settings.of(site)

    def balance(self, site: Site, wire: Wire) -> Balance | Refused | Doubt:
        """See `Catalogue.balance`."""
        settings = Settings.of(site)

        def ask() -> Balance:
            told = record(Caller(settings, wire).get("balance", "/accounts/balance", base=settings.balance_url))
            currency = text(told.get("currencyCode"), 8).upper() or settings.currency
            return Balance(amount(told.get("balance")), currency)

        return guarded(ask)

    def categories(self, site: Site, wire: Wire) -> Sequence[Category]:  # noqa: ARG002
        """There are none: an item's own word is its country."""
        return ()

    def page(
        self, site: Site, wire: Wire, cursor: str | None, changed_since: int | None  # noqa: ARG002
    ) -> ItemPage | Refused | Doubt:  # fmt: skip
        """See `Catalogue.page`. Pages may shrink while they are read: the end is an empty one.

        Whether the first is 0 or 1 is not described: from 0, it may come twice. A bare list is all there is.
        """
        settings, number = Settings.of(site), int(cursor or "0")

        def ask() -> ItemPage:
            fields = {"page": str(number), "size": str(PAGE), "includeRange": "true", "includeFixed": "true"}
            rows, more = rows_of(Caller(settings, wire).get("page", "/products", fields))
            items = tuple(item_of(row, settings) for row in rows)
            return ItemPage(items, str(number + 1) if rows and more and number < MAX_PAGES else None)

        return guarded(ask)

    def item(self, site: Site, wire: Wire, item_id: str) -> Item | Refused | Doubt:
        """See `Catalogue.item`."""
        settings = Settings.of(site)

        def ask() -> Item | Refused:
            row = _product(settings, wire, "item", item_id)
            return item_of(row, settings) if row else Refused("off_sale", str(NOT_FOUND))

        return guarded(ask) if item_id.isascii() and item_id.isdigit() else Refused("request", "item_id")

    def quote(self, site: Site, wire: Wire, item_id: str, sku_id: str, quantity: int) -> Quote | Refused | Doubt:
        """See `Catalogue.quote`: at most so much, see `items.cost_of`. Any value of a range will do."""
        settings, value = Settings.of(site), read_sku(sku_id)
        if not (item_id.isascii() and item_id.isdigit()) or value is None or quantity < 1:
            return Refused("request", "sku_id" if value is None else "item_id")

        def ask() -> Quote | Refused:
            row = _product(settings, wire, "quote", item_id)
            cost = cost_of(row, value) if row else None
            if row is None or cost is None:
                return Refused("off_sale", "sku")
            found = item_of(row, settings)
            return Quote(cost, cost * quantity, found.currency, Stock(), found.currency == settings.currency)

        return guarded(ask)

    def check_account(
        self, site: Site, wire: Wire, item: Item, form: Mapping[str, str]  # noqa: ARG002
    ) -> Mapping[str, str]:  # fmt: skip
        """They offer no check of their own."""
        return {}


def rows_of(told: Any) -> tuple[list[dict[str, Any]], bool]:
    """(rows, whether there are pages). Raises BadReply."""
    if isinstance(told, list):
        return records(told), False
    page = record(told)
    if "content" not in page:
        raise BadReply("no_content")
    return records(page["content"]), True


def _product(settings: Settings, wire: Wire, what: str, item_id: str) -> dict[str, Any] | None:
    try:
        row = record(Caller(settings, wire).get(what, f"/products/{item_id}"))
    except Denied as no:
        if no.status == NOT_FOUND:
            return None
        raise
    if whole(row.get("productId")) != int(item_id):
        raise BadReply("other_item")
    return row
