"""Products of Xingquanyi, read."""

import re
from collections.abc import Mapping
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, amount, records, text, whole
from goodfor.supply.providers.values import FormField, GoodsKind, Item, SaleState, Stock

ACCOUNT: Final = "recharge_account"
_KINDS: Final[Mapping[int, GoodsKind]] = {1: "direct", 2: "card", 3: "ticket", 4: "manual"}
#: What is charged to an account asks for it; a code asks for nothing.
ASKING: Final = frozenset({"direct", "manual"})
_ON, _MAINTAINED, _ALLOWED = 1, 2, 1
_BOUNDS: Final = re.compile(r"([1-9][0-9]{0,8})(?:\s*[-~]\s*([1-9][0-9]{0,8}))?")
_CLOCK: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?=$|:)")


def items_of(told: Any, currency: str) -> list[Item]:
    """All products of a reply: a list, or an object that holds one. Raises BadReply."""
    if isinstance(told, dict):
        lists = [value for value in told.values() if isinstance(value, list)]
        if len(lists) != 1:
            raise BadReply("no_items")
        told = lists[0]
    return [item_of(row, currency) for row in records(told)]


def item_of(row: Mapping[str, Any], currency: str, form: tuple[FormField, ...] | None = None) -> Item:
    """One product; `form` None: what it asks is not known yet. Raises BadReply."""
    number = text(row.get("id"), 64)
    if not number:
        raise BadReply("no_item_id")
    least, most = _bounds(row.get("valid_purchasing_quantity"))
    kind = _KINDS.get(whole(row.get("type")) or 0, "manual")
    return Item(
        id=number,
        name=" ".join(filter(None, (text(row.get("product_name"), 120), text(row.get("name"), 80)))),
        kind=kind,
        cost=amount(row.get("price"), "bad_price"),
        currency=currency,
        state=_state(row),
        stock=_stock(row),
        least=least,
        most=most,
        form=form or (),
        closed=_closed(row),
        # A code asks for nothing, so a list says all of it.
        whole=form is not None or kind not in ASKING,
    )


def form_of(told: Mapping[str, Any]) -> tuple[FormField, ...]:
    """What a top-up asks: the account, then whatever else, each by the name that it has there. Raises BadReply."""
    label = text(told.get("recharge_account_label"), 100) or "充值账号"
    fields = [FormField(ACCOUNT, label)]
    for row in records(told.get("recharge_params")):
        name = text(row.get("name"), 100)
        if not name:
            raise BadReply("bad_form")
        words = [one for part in re.split("[,，]", text(row.get("options"))) if (one := part.strip())]
        kind = text(row.get("type"), 20).lower()
        fields.append(
            FormField(
                name, name, "choice" if words else "password" if kind == "password" else "text",
                options=tuple((one, one) for one in words),
            )
        )  # fmt: skip
    return tuple(fields)


def _state(row: Mapping[str, Any]) -> SaleState:
    """A word that is not known is not sold. Held back from us is not the same as taken off."""
    if whole(row.get("hold_state")) != _ALLOWED:
        return "banned"
    return "on" if whole(row.get("supply_state")) == _ON else "paused"


def _stock(row: Mapping[str, Any]) -> Stock:
    """Here 1 is enough and 2 is none; in their calls it is the other way round, so a call is a hint at most."""
    word = whole(row.get("stock_state"))
    return Stock("in_stock") if word == 1 else Stock("out") if word == 2 else Stock()


def _bounds(value: Any) -> tuple[int, int | None]:
    found = _BOUNDS.fullmatch(text(value, 40).strip())
    if found is None:
        return 1, None
    return int(found[1]), int(found[2]) if found[2] else None


def _closed(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Daily times without sale; they may cross midnight."""
    start, end = (_CLOCK.match(text(row.get(name), 20).strip()) for name in ("ban_start_at", "ban_end_at"))
    if start is None or end is None or start[0] == end[0]:
        return ()
    return ((start[0], end[0]),)
