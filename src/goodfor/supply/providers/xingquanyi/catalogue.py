"""The catalogue of Xingquanyi: one list, all of it at once; what a top-up asks is a call of its own."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from goodfor.supply.providers.numbers import BadReply, amount, record, text
from goodfor.supply.providers.values import Balance, Category, Doubt, Item, ItemPage, Quote, Refused, Site
from goodfor.supply.providers.wire import LIST_BYTES, Wire
from goodfor.supply.providers.xingquanyi.client import NO, Caller, guarded
from goodfor.supply.providers.xingquanyi.items import ASKING, form_of, item_of, items_of
from goodfor.supply.providers.xingquanyi.settings import Settings

Got = TypeVar("Got")


class XingquanyiCatalogue:
    """See `base.Catalogue`."""

    def check(self, site: Site) -> None:
        """See `Catalogue.check`."""
        Settings.of(site)

    def balance(self, site: Site, wire: Wire) -> Balance | Refused | Doubt:
        """See `Catalogue.balance`."""
        settings = Settings.of(site)

        def ask() -> Balance:
            told = record(Caller(settings, wire).post("balance", "/api/customer", {}))
            return Balance(amount(told.get("balance")), settings.currency)

        return guarded(ask)

    def categories(self, site: Site, wire: Wire) -> Sequence[Category]:  # noqa: ARG002
        """They have none."""
        return ()

    def page(
        self, site: Site, wire: Wire, cursor: str | None, changed_since: int | None  # noqa: ARG002
    ) -> ItemPage | Refused | Doubt:  # fmt: skip
        """See `Catalogue.page`: there is one."""
        settings = Settings.of(site)

        def ask() -> ItemPage:
            told = Caller(settings, wire).post("page", "/api/product-list", {}, most=LIST_BYTES)
            return ItemPage(tuple(items_of(told, settings.currency)))

        return guarded(ask)

    def item(self, site: Site, wire: Wire, item_id: str) -> Item | Refused | Doubt:
        """See `Catalogue.item`: what is charged to an account is asked about twice."""
        settings = Settings.of(site)

        def ask() -> Item:
            caller = Caller(settings, wire)
            row = _product(caller, "item", item_id)
            found = item_of(row, settings.currency)
            if found.kind not in ASKING:
                return found
            told = record(caller.post("item", "/api/product/recharge-params", {"product_id": item_id}))
            return item_of(row, settings.currency, form_of(told))

        return _looked_up(guarded(ask))

    def quote(self, site: Site, wire: Wire, item_id: str, sku_id: str, quantity: int) -> Quote | Refused | Doubt:
        """See `Catalogue.quote`: the product itself says."""
        settings = Settings.of(site)
        if sku_id:
            return Refused("request", "sku_id")

        def ask() -> Quote:
            one = item_of(_product(Caller(settings, wire), "quote", item_id), settings.currency)
            return Quote(one.cost, one.cost * quantity, one.currency, one.stock, one.state == "on")

        return _looked_up(guarded(ask))

    def check_account(
        self, site: Site, wire: Wire, item: Item, form: Mapping[str, str]  # noqa: ARG002
    ) -> Mapping[str, str]:  # fmt: skip
        """They offer no check of their own."""
        return {}


def _product(caller: Caller, what: str, item_id: str) -> Mapping[str, object]:
    told = record(caller.post(what, "/api/product", {"product_id": item_id}))
    if text(told.get("id"), 64) != item_id:
        raise BadReply("other_item")
    return told


def _looked_up(found: Got | Refused | Doubt) -> Got | Refused | Doubt:
    """A plain no to "what is this product?" means that there is none (any more)."""
    if isinstance(found, Refused) and found.code == NO and found.why == "failed":
        return Refused("off_sale", found.code, found.message)
    return found
