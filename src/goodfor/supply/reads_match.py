"""Which items of suppliers may be which SKUs. Reached through `queries`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.kernel.sql import Statement
from goodfor.supply.matching import Shelf, Thing, compare, face_of, key_words, thing_of, words_of
from goodfor.supply.models import Item, Supplier
from goodfor.supply.types import MatchItem, Suggestion
from goodfor.supply.watch_models import Dismissed

_NEAR: Final = Statement("goodfor.supply", "sql/match_items.sql", planned_each_time=True)
_UNMATCHED: Final = Statement("goodfor.supply", "sql/unmatched_items.sql", planned_each_time=True)
#: So many items that have words of the name are looked at, and so many of them compared.
_JUDGED, _COMPARED = 4000, 150
_CARDS: Final = frozenset({"card", "link", "image", "ticket"})
_FIRST: Final = UUID(int=0)


def suggestions_for_sku(shop_id: UUID, sku_id: UUID, *, limit: int = 20) -> list[Suggestion]:
    """Items that the SKU may be bought as, best first. Nothing for a SKU that is not there."""
    labels = catalog.sku_labels(shop_id, [sku_id])
    if not labels:
        return []
    sku = thing_of(labels[0])
    face = [] if sku.face is None else [f"#{_plain(sku.face)}"]
    near = _NEAR.rows({
        "shop_id": shop_id, "sku_id": sku_id, "keys": key_words(sku), "face": face, "judged": _JUDGED,
        "limit": _COMPARED,
    })  # fmt: skip
    words = {row[0]: frozenset(row[1]) for row in near}
    found = []
    for item in _items(shop_id, list(words)):
        match = compare(sku, _thing(item, words[item.id]))
        if match:
            found.append(Suggestion(sku_id, item, match.score, match.reasons))
    return sorted(found, key=lambda one: (-one.score, one.item.landed, one.item.id))[:limit]


def suggestions_for_items(
    shop_id: UUID, *, supplier_id: UUID | None = None, word: str = "", after: UUID | None = None, limit: int = 20
) -> tuple[list[tuple[MatchItem, list[Suggestion]]], UUID | None]:
    """A page of items that are offered for no SKU, each with the SKUs it may be, best first; and where it goes on.

    `after`: the last item of the page before.
    """
    start = _place(shop_id, after)
    rows = _UNMATCHED.rows({
        "shop_id": shop_id, "supplier_id": supplier_id, "word": word[:100], "limit": limit + 1,
        "after_supplier": start[0], "after_name": start[1], "after_id": start[2],
    })  # fmt: skip
    ids = [row[0] for row in rows]
    items = _items(shop_id, ids[:limit])
    words = dict(Item.objects.filter(shop_id=shop_id, id__in=ids[:limit]).values_list("id", "words"))
    shelf = Shelf(catalog.sku_labels(shop_id))
    dismissed = _dismissed(shop_id, ids[:limit])
    page = []
    for item in items:
        best = shelf.best(_thing(item, frozenset(words[item.id])), dismissed.get(item.id, frozenset()))
        page.append((item, [Suggestion(sku_id, item, match.score, match.reasons) for sku_id, match in best]))
    return page, ids[limit - 1] if len(ids) > limit else None


def matched_items(shop_id: UUID, ids: Sequence[UUID]) -> list[MatchItem]:
    """These items in the order given, without those of other shops."""
    return _items(shop_id, ids)


def _place(shop_id: UUID, after: UUID | None) -> tuple[UUID, str, UUID]:
    row = Item.objects.filter(shop_id=shop_id, id=after).first() if after else None
    return (row.supplier_id, row.name, row.id) if row else (_FIRST, "", _FIRST)


def _dismissed(shop_id: UUID, item_ids: Sequence[UUID]) -> Mapping[UUID, frozenset[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    rows = Dismissed.objects.filter(shop_id=shop_id, item_ref__in=item_ids).values_list("item_ref", "sku_id")
    for item_id, sku_id in rows:
        found[item_id].add(sku_id)
    return {item_id: frozenset(some) for item_id, some in found.items()}


def _items(shop_id: UUID, ids: Sequence[UUID]) -> list[MatchItem]:
    suppliers = {one.id: one for one in Supplier.objects.filter(shop_id=shop_id)}
    rows = {row.id: row for row in Item.objects.filter(shop_id=shop_id, id__in=list(ids)).defer("terms", "words")}
    return [_view(rows[one], suppliers[rows[one].supplier_id]) for one in ids if one in rows]


def _view(row: Item, supplier: Supplier) -> MatchItem:
    return MatchItem(
        id=row.id, supplier_id=row.supplier_id, supplier=supplier.name, item_id=row.item_id, name=row.name,
        brand=row.brand, kind=row.kind, cost=row.cost, currency=row.currency, landed=row.cost * supplier.rate,
        face_value=row.face_value, state=row.state, stock_word=row.stock_word, stock=row.stock, seen_at=row.seen_at,
    )  # fmt: skip


def _thing(item: MatchItem, words: frozenset[str]) -> Thing:
    kind = "code" if item.kind in _CARDS else "direct"
    face = item.face_value if item.face_value is not None else face_of(item.name)
    return Thing(item.id, words, face, kind, item.brand, item.landed)


def _plain(face: Decimal) -> str:
    return next(iter(words_of(str(face)))).removeprefix("#")
