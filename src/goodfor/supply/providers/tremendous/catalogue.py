"""The catalogue of Tremendous: one list, and no call for a single product that is known."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from goodfor.supply.providers.numbers import BadReply, records, text, whole
from goodfor.supply.providers.tremendous.client import Caller, guarded
from goodfor.supply.providers.tremendous.items import categories_of, item_of, ranges_of, read_sku
from goodfor.supply.providers.tremendous.settings import Settings
from goodfor.supply.providers.values import Balance, Category, Doubt, Item, ItemPage, Quote, Refused, Site, Stock
from goodfor.supply.providers.wire import LIST_BYTES, Wire


class TremendousCatalogue:
    """See `base.Catalogue`."""

    def check(self, site: Site) -> None:
        """See `Catalogue.check`."""
        Settings.of(site)

    def balance(self, site: Site, wire: Wire) -> Balance | Refused | Doubt:
        """See `Catalogue.balance`: of the funding source that pays. Whole cents; without them it is doubt."""
        settings = Settings.of(site)

        def ask() -> Balance:
            rows = records(Caller(settings, wire).get("balance", "/funding_sources").get("funding_sources"))
            wanted = settings.funding_source
            own = [row for row in rows if wanted in (text(row.get("id"), 64), text(row.get("method"), 64))]
            if len(own) != 1:
                return _no_source(own)
            meta = own[0].get("meta")
            cents = whole(meta.get("available_cents")) if isinstance(meta, dict) else None
            if cents is None:
                raise BadReply("no_balance")
            return Balance(Decimal(cents) / 100, settings.currency)

        return guarded(ask)

    def categories(self, site: Site, wire: Wire) -> Sequence[Category] | Refused | Doubt:
        """See `Catalogue.categories`."""
        settings = Settings.of(site)
        return guarded(lambda: categories_of(_rows(settings, wire, "categories")))

    def page(
        self, site: Site, wire: Wire, cursor: str | None, changed_since: int | None  # noqa: ARG002
    ) -> ItemPage | Refused | Doubt:  # fmt: skip
        """See `Catalogue.page`. All there is comes at once."""
        settings = Settings.of(site)
        return guarded(lambda: ItemPage(tuple(item_of(row, settings) for row in _rows(settings, wire, "page"))))

    def item(self, site: Site, wire: Wire, item_id: str) -> Item | Refused | Doubt:
        """See `Catalogue.item`: looked up in the list."""
        settings = Settings.of(site)

        def ask() -> Item | Refused:
            row = _one(_rows(settings, wire, "item"), item_id)
            return Refused("off_sale", "item") if row is None else item_of(row, settings)

        return guarded(ask)

    def quote(self, site: Site, wire: Wire, item_id: str, sku_id: str, quantity: int) -> Quote | Refused | Doubt:
        """See `Catalogue.quote`: the face value is charged. Any value of a range will do, offered or not."""
        settings, sku = Settings.of(site), read_sku(sku_id)
        if sku is None or quantity != 1:
            return Refused("request", "sku_id" if sku is None else "quantity")
        currency, value = sku

        def ask() -> Quote | Refused:
            row = _one(_rows(settings, wire, "quote"), item_id)
            spans = [] if row is None or currency != settings.currency else ranges_of(row, currency)
            if not any(least <= value <= most for least, most in spans):
                return Refused("off_sale", "sku")
            return Quote(value, value, currency, Stock(), on_sale=True)

        return guarded(ask)

    def check_account(
        self, site: Site, wire: Wire, item: Item, form: Mapping[str, str]  # noqa: ARG002
    ) -> Mapping[str, str]:  # fmt: skip
        """They offer no check of their own."""
        return {}


def _no_source(found: list[dict[str, Any]]) -> Balance:
    raise BadReply("doubled_source" if found else "no_source")


def _rows(settings: Settings, wire: Wire, what: str) -> list[dict[str, Any]]:
    only = f"?{settings.catalogue_filter}" if settings.catalogue_filter else ""
    told = Caller(settings, wire).get(what, f"/products{only}", LIST_BYTES)
    if "products" not in told:
        raise BadReply("no_products")
    return records(told["products"])


def _one(rows: list[dict[str, Any]], item_id: str) -> dict[str, Any] | None:
    return next((row for row in rows if text(row.get("id"), 32) == item_id), None)
