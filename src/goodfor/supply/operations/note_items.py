"""Write down what a supplier's items look like now."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from goodfor.kernel.sql import Statement
from goodfor.supply.errors import SupplierNotFound
from goodfor.supply.mapping import terms_of
from goodfor.supply.matching import words_of
from goodfor.supply.models import Item, Offer, Supplier
from goodfor.supply.providers.values import Item as SoldItem
from goodfor.supply.providers.values import Stock

_NOTE: Final = Statement("goodfor.supply", "sql/note_items.sql")


@transaction.atomic(savepoint=False)
def note_items(*, supplier: Supplier, items: Sequence[SoldItem], now: datetime) -> int:
    """New and changed items, in one statement; how many changed. A list that tells no form leaves a known one."""
    rows = [row for item in items for row in _rows(item)]
    unique = {(row[0], row[1]): row for row in rows}
    if not unique:
        return 0
    columns = list(zip(*unique.values(), strict=True))
    names = (
        "item_ids", "variants", "names", "categories", "brands", "kinds", "costs", "currencies", "faces",
        "face_currencies", "states", "stock_words", "stocks", "leasts", "mosts", "multiples", "terms", "wholes",
        "words",
    )  # fmt: skip
    params = {name: list(column) for name, column in zip(names, columns, strict=True)}
    params["terms"] = [json.dumps(terms, ensure_ascii=False).replace("\\u0000", "") for terms in params["terms"]]
    return _NOTE.run(params | {"shop_id": supplier.shop_id, "supplier_id": supplier.id, "now": now})


def note_known(*, shop_id: UUID, supplier_id: UUID, items: Sequence[SoldItem], now: datetime) -> int:
    """What somebody knows of a supplier's items before it was asked for them. Raises SupplierNotFound."""
    row = Supplier.objects.filter(shop_id=shop_id, id=supplier_id).first()
    if row is None:
        raise SupplierNotFound
    return note_items(supplier=row, items=items, now=now)


def _rows(item: SoldItem) -> list[tuple[object, ...]]:
    """One for the item, or one for each of its variants, which are what is ordered."""
    terms = terms_of(item)
    tail = (item.least, item.most, item.multiple, terms, item.whole)
    if not item.skus:
        name = _text(item.name, 300)
        middle = (*_middle(item, item.cost, item.state), *_stock(item.stock))
        return [(item.id, "", name, *middle, *tail, _words(item, name))]
    return [
        (
            item.id, one.id, _text(f"{item.name} {one.name}", 300),
            *_middle(item, one.cost, item.state if one.on_sale else "paused"), *_stock(one.stock), *tail,
            _words(item, _text(f"{item.name} {one.name}", 300)),
        )
        for one in item.skus
    ]  # fmt: skip


def _words(item: SoldItem, name: str) -> str:
    """Divided by spaces, which no word holds."""
    face = "" if item.face_value is None else f"{item.face_value:f}"
    return " ".join(sorted(words_of(f"{_text(item.brand, 100)} {name} {face}")))


def _middle(item: SoldItem, cost: object, state: str) -> tuple[object, ...]:
    return (
        _text(item.category, 64), _text(item.brand, 100), item.kind, cost, item.currency, item.face_value,
        item.face_currency[:8], state,
    )  # fmt: skip


def _stock(stock: Stock) -> tuple[str, int | None]:
    return stock.word, stock.count


def _text(text: str, most: int) -> str:
    return text.replace("\x00", "")[:most]


def forget_variants(*, supplier: Supplier, item: SoldItem, now: datetime) -> int:
    """After an item was read whole: variants that it does not have any more are not sold; how many."""
    gone = Item.objects.filter(shop_id=supplier.shop_id, supplier_id=supplier.id, item_id=item.id)
    gone = gone.exclude(state="deleted").exclude(variant__in=[one.id for one in item.skus] or [""])
    return gone.update(state="deleted", changed_at=now, hint_at=None)


def forget_unseen(*, supplier_id: UUID, shop_id: UUID, since: datetime, now: datetime) -> int:
    """After a whole sweep: what it did not show is not sold any more; how many.

    A list that changes while it is read leaves some out. What this shop sells on is therefore read once more by itself.
    """
    gone = Item.objects.filter(shop_id=shop_id, supplier_id=supplier_id, seen_at__lt=since).exclude(state="deleted")
    offered = Exists(Offer.objects.filter(shop_id=shop_id, item_id=OuterRef("id")))
    gone.filter(offered).update(hint_at=now)
    return gone.filter(~offered).update(state="deleted", changed_at=now)
