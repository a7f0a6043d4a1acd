"""The catalogue of Kakayun sites, at the vendor's common host."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.kakayun.client import Caller, guarded
from goodfor.supply.providers.kakayun.items import categories_of, item_of, quote_of
from goodfor.supply.providers.kakayun.settings import Settings
from goodfor.supply.providers.numbers import BadReply, amount, decimal, record, records, whole
from goodfor.supply.providers.values import Balance, Category, Doubt, Item, ItemPage, Quote, Refused, Site
from goodfor.supply.providers.wire import Wire

PAGE: Final = 50
MAX_PAGES: Final = 4_000


class KakayunCatalogue:
    """See `base.Catalogue`."""

    def check(self, site: Site) -> None:
        """See `Catalogue.check`."""
        Settings.of(site)

    def balance(self, site: Site, wire: Wire) -> Balance | Refused | Doubt:
        """See `Catalogue.balance`. It may be below zero, down to the credit."""
        settings = Settings.of(site)

        def ask() -> Balance:
            told = record(Caller(settings, wire).post("balance", "user/info", {}))
            return Balance(amount(told.get("money")), settings.currency, decimal(told.get("creditquota")) or Decimal(0))

        return guarded(ask)

    def categories(self, site: Site, wire: Wire) -> Sequence[Category] | Refused | Doubt:
        """See `Catalogue.categories`."""
        settings = Settings.of(site)
        return guarded(lambda: categories_of(Caller(settings, wire).post("categories", "goods/group", {})))

    def page(
        self, site: Site, wire: Wire, cursor: str | None, changed_since: int | None  # noqa: ARG002
    ) -> ItemPage | Refused | Doubt:  # fmt: skip
        """See `Catalogue.page`. Pages may shrink while they are read: the end is an empty one."""
        settings, number = Settings.of(site), int(cursor or "1")

        def ask() -> ItemPage:
            told = Caller(settings, wire).post("page", "goods/all", {"page": number, "limit": PAGE})
            rows = records(told.get("list") if isinstance(told, dict) else told)
            items = tuple(item_of(row, settings.currency, whole_item=False) for row in rows)
            return ItemPage(items, str(number + 1) if rows and number < MAX_PAGES else None)

        return guarded(ask)

    def item(self, site: Site, wire: Wire, item_id: str) -> Item | Refused | Doubt:
        """See `Catalogue.item`."""
        settings = Settings.of(site)
        if not _is_id(item_id):
            return Refused("request", "item_id")

        def ask() -> Item:
            return item_of(_one(settings, wire, "item", "goods/details", item_id), settings.currency, whole_item=True)

        return guarded(ask)

    def quote(self, site: Site, wire: Wire, item_id: str, sku_id: str, quantity: int) -> Quote | Refused | Doubt:
        """See `Catalogue.quote`: the short form, which may be asked for oftener."""
        settings = Settings.of(site)
        if not _is_id(item_id) or sku_id:
            return Refused("request", "sku_id" if sku_id else "item_id")

        def ask() -> Quote:
            return quote_of(_one(settings, wire, "quote", "goods/detailslite", item_id), settings.currency, quantity)

        return guarded(ask)

    def check_account(
        self, site: Site, wire: Wire, item: Item, form: Mapping[str, str]  # noqa: ARG002
    ) -> Mapping[str, str]:  # fmt: skip
        """They offer no check of their own."""
        return {}


def _is_id(item_id: str) -> bool:
    return item_id.isascii() and item_id.isdigit()


def _one(settings: Settings, wire: Wire, what: str, path: str, item_id: str) -> dict[str, Any]:
    told = record(Caller(settings, wire).post(what, path, {"goodsid": item_id}))
    if whole(told.get("goodsid")) != int(item_id):
        raise BadReply("other_item")
    return told
