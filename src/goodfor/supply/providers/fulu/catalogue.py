"""The catalogue of Fulu: one list without pages, which the settings may cut into categories."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from goodfor.supply.providers.fulu.client import Caller, Denied, guarded
from goodfor.supply.providers.fulu.items import form_of, is_known, item_of, phone_item, phone_items, stock_of
from goodfor.supply.providers.fulu.settings import NOT_FOUND, PHONE, Settings
from goodfor.supply.providers.numbers import BadReply, amount, record, records, text, whole
from goodfor.supply.providers.values import Balance, Category, Doubt, Item, ItemPage, Quote, Refused, Site
from goodfor.supply.providers.wire import LIST_BYTES, Wire

#: The list comes in one piece.
LIST_SECONDS: Final = 30.0


class FuluCatalogue:
    """See `base.Catalogue`."""

    def check(self, site: Site) -> None:
        """See `Catalogue.check`."""
        Settings.of(site)

    def balance(self, site: Site, wire: Wire) -> Balance | Refused | Doubt:
        """See `Catalogue.balance`."""
        settings = Settings.of(site)

        def ask() -> Balance:
            told = record(Caller(settings, wire).post("balance", "fulu.user.info.get", {}))
            return Balance(amount(told.get("balance")), settings.currency)

        return guarded(ask)

    def categories(self, site: Site, wire: Wire) -> Sequence[Category]:  # noqa: ARG002
        """The protocol has no list of them."""
        return ()

    def page(
        self, site: Site, wire: Wire, cursor: str | None, changed_since: int | None  # noqa: ARG002
    ) -> ItemPage | Refused | Doubt:  # fmt: skip
        """See `Catalogue.page`. A piece is a category of the settings, or all; the first has phone credit too."""
        settings = Settings.of(site)
        number = int(cursor) if cursor and cursor.isdigit() else 0
        chosen = settings.categories
        if chosen and number >= len(chosen):
            return ItemPage(())
        fields: dict[str, Any] = {"first_category_id": int(chosen[number])} if chosen else {}

        def ask() -> ItemPage:
            rows = records(Caller(settings, wire).post("page", "fulu.goods.list.get", fields, LIST_SECONDS, LIST_BYTES))
            items = tuple(item_of(row, settings.currency, whole_item=False) for row in rows)
            return ItemPage(
                (() if number else phone_items(settings)) + items, str(number + 1) if number + 1 < len(chosen) else None
            )

        return guarded(ask)

    def item(self, site: Site, wire: Wire, item_id: str) -> Item | Refused | Doubt:
        """See `Catalogue.item`. Top-ups have a template with what is to be asked of the buyer."""
        settings = Settings.of(site)
        if PHONE.fullmatch(item_id):
            cost = settings.phone.get(item_id)
            return Refused("off_sale", "phone") if cost is None else phone_item(settings, item_id, cost)
        return _found(settings, wire, item_id, form=True)

    def quote(self, site: Site, wire: Wire, item_id: str, sku_id: str, quantity: int) -> Quote | Refused | Doubt:
        """See `Catalogue.quote`. Stock is asked about for this very quantity."""
        settings = Settings.of(site)
        if sku_id or quantity < 1:
            return Refused("request", "sku_id" if sku_id else "quantity")
        if PHONE.fullmatch(item_id):
            found = self.item(site, wire, item_id)
        else:
            found = _found(settings, wire, item_id, form=False)
        if not isinstance(found, Item):
            return found
        if found.most is not None and quantity > found.most:
            return Refused("request", "quantity")
        stock = found.stock
        if item_id.isdigit():
            fields = {"product_id": int(item_id), "buy_num": quantity}
            told = guarded(lambda: record(Caller(settings, wire).post("quote", "fulu.goods.stock.check", fields)))
            # What is listed is good enough where they do not say it for this quantity.
            if isinstance(told, dict) and stock_of(told.get("stock_status")).word != "unknown":
                stock = stock_of(told.get("stock_status"))
        return Quote(found.cost, found.cost * quantity, found.currency, stock, found.state == "on")

    def check_account(
        self, site: Site, wire: Wire, item: Item, form: Mapping[str, str]
    ) -> Mapping[str, str] | Refused | Doubt:  # fmt: skip
        """See `Catalogue.check_account`: phone credit only, whether the phone's region is being maintained."""
        settings = Settings.of(site)
        found = PHONE.fullmatch(item.id)
        if found is None or not found[1]:
            return {}
        fields = {"mobile": form.get("charge_phone", ""), "face_value": int(found[1])}

        def ask() -> dict[str, str]:
            told = record(Caller(settings, wire).post("check_account", "fulu.mobile.maintain.check", fields))
            word = text(told.get("maintain_state"), 20)
            return {"charge_phone": word} if word == "维护" else {}

        return guarded(ask)


def _found(settings: Settings, wire: Wire, item_id: str, *, form: bool) -> Item | Refused | Doubt:
    if not (item_id.isascii() and item_id.isdigit()):
        return Refused("request", "item_id")
    caller = Caller(settings, wire)

    def ask() -> Item | Refused:
        try:
            told = record(caller.post("item", "fulu.goods.info.get", {"product_id": int(item_id), "detail_format": 0}))
        except Denied as no:
            if no.meaning == NOT_FOUND:
                return Refused("off_sale", str(no.code), no.message)
            raise
        if whole(told.get("product_id")) != int(item_id):
            raise BadReply("other_item")
        item = item_of(told, settings.currency, whole_item=True)
        if item.kind != "direct" or not form:
            return item
        template = text(told.get("template_id"), 64)
        asks = form_of(record(caller.post("item", "fulu.goods.template.get", {"template_id": template}))
                       if template.strip("0-") else {})  # fmt: skip
        return replace(item, form=asks, state=item.state if is_known(asks) else "paused")

    return guarded(ask)
