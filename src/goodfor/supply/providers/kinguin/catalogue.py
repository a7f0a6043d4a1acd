"""The catalogue of Kinguin."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from goodfor.supply.providers.kinguin.client import NOT_FOUND, Caller, Denied, euros, guarded
from goodfor.supply.providers.kinguin.items import categories_of, item_of, unit_of
from goodfor.supply.providers.kinguin.settings import CURRENCY, Settings
from goodfor.supply.providers.numbers import BadReply, record, records, whole
from goodfor.supply.providers.values import Balance, Category, Doubt, Item, ItemPage, Quote, Refused, Site
from goodfor.supply.providers.wire import NoAnswer, Wire

#: Products come with all their offers: where so many are too much for one reply, fewer are asked for.
_LIMITS: Final = (25, 5, 1)
MAX_ITEMS: Final = 500_000


class KinguinCatalogue:
    """See `base.Catalogue`."""

    def check(self, site: Site) -> None:
        """See `Catalogue.check`."""
        Settings.of(site)

    def balance(self, site: Site, wire: Wire) -> Balance | Refused | Doubt:
        """See `Catalogue.balance`."""
        settings = Settings.of(site)

        def ask() -> Balance:
            left = euros(record(Caller(settings, wire).get("balance", "/v1/balance")).get("balance"))
            if left is None:
                raise BadReply("bad_amount")
            return Balance(left, CURRENCY)

        return guarded(ask)

    def categories(self, site: Site, wire: Wire) -> Sequence[Category] | Refused | Doubt:
        """See `Catalogue.categories`: genres, without a tree."""
        settings = Settings.of(site)
        return guarded(lambda: categories_of(Caller(settings, wire).get("categories", "/v1/genres")))

    def page(
        self, site: Site, wire: Wire, cursor: str | None, changed_since: int | None
    ) -> ItemPage | Refused | Doubt:  # fmt: skip
        """See `Catalogue.page`. The cursor counts products, not pages; the end is an empty page."""
        settings = Settings.of(site)
        first = int(cursor) if cursor and cursor.isdigit() else 0

        def ask() -> ItemPage:
            limits = [limit for limit in _LIMITS if first % limit == 0]
            for limit in limits:
                try:
                    rows = _rows(settings, wire, first, limit, changed_since)
                except NoAnswer as lost:
                    if lost.reason != "reply_too_large" or limit == limits[-1]:
                        raise
                    continue
                # Lists have offers and limits as well as the product itself does.
                items = tuple(item_of(row, text_only=settings.text_only) for row in rows)
                return ItemPage(items, str(first + limit) if rows and first + limit < MAX_ITEMS else None)
            raise BadReply("reply_too_large")

        return guarded(ask)

    def item(self, site: Site, wire: Wire, item_id: str) -> Item | Refused | Doubt:
        """See `Catalogue.item`."""
        settings = Settings.of(site)
        told = _product(settings, wire, item_id, "item")
        if not isinstance(told, dict):
            return told
        return guarded(lambda: item_of(told, text_only=settings.text_only))

    def quote(self, site: Site, wire: Wire, item_id: str, sku_id: str, quantity: int) -> Quote | Refused | Doubt:
        """See `Catalogue.quote`. More than nine come from an offer's wholesale only, at the price of its level."""
        settings = Settings.of(site)
        if quantity < 1:
            return Refused("request", "quantity")
        told = _product(settings, wire, item_id, "quote")
        if not isinstance(told, dict):
            return told

        def read() -> Quote | Refused:
            item = item_of(told, text_only=settings.text_only)
            sku = next((one for one in item.skus if one.id == sku_id), None)
            if sku_id and sku is None:
                return Refused("off_sale", "sku")
            unit = unit_of(told, sku_id, quantity)
            if unit is None:
                return Refused("request", "quantity")
            stock, on = (sku.stock, sku.on_sale) if sku else (item.stock, True)
            return Quote(unit, unit * quantity, CURRENCY, stock, on and item.state == "on")

        return guarded(read)

    def check_account(
        self, site: Site, wire: Wire, item: Item, form: Mapping[str, str]  # noqa: ARG002
    ) -> Mapping[str, str]:  # fmt: skip
        """Keys ask nothing of a buyer."""
        return {}


def _rows(settings: Settings, wire: Wire, first: int, limit: int, since: int | None) -> list[dict[str, Any]]:
    fields: dict[str, Any] = {
        "page": first // limit + 1,
        "limit": limit,
        "sortBy": "kinguinId",
        "sortType": "asc",
    }
    if settings.text_only:
        fields["withText"] = "yes"
    if since is not None:
        fields["updatedSince"] = f"{datetime.fromtimestamp(since, UTC):%Y-%m-%dT%H:%M:%S+00:00}"
    found = record(Caller(settings, wire).get("page", "/v1/products", fields)).get("results")
    if found is None:
        raise BadReply("not_a_list")
    return records(found)


def _product(settings: Settings, wire: Wire, item_id: str, what: str) -> dict[str, Any] | Refused | Doubt:
    if not (item_id.isascii() and item_id.isdigit()):
        return Refused("request", "item_id")

    def ask() -> dict[str, Any] | Refused:
        try:
            told = record(Caller(settings, wire).get(what, f"/v1/products/{int(item_id)}"))
        except Denied as no:
            if no.status == NOT_FOUND:
                return Refused("off_sale", no.kind, no.message)
            raise
        if whole(told.get("kinguinId")) != int(item_id):
            raise BadReply("other_item")
        return told

    return guarded(ask)
