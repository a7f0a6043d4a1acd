"""Suggested matches of suppliers' items with SKUs: by page of items or for one SKU, confirmed with a preview."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.catalog import queries as catalog
from goodfor.console import supply_watch_words as words
from goodfor.console.desk.sku_names import sku_choices, sku_names
from goodfor.console.frame import console_page, done, local_path, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import EXPONENTS, Money
from goodfor.supply import queries as supply
from goodfor.supply.operations.match_items import MOST, confirm_matches, dismiss_match
from goodfor.supply.types import MatchItem, Suggestion

PAGE: Final = "desk:supply-match"
SHOWN: Final = 20
#: From this score on a suggestion is ticked beforehand.
SURE: Final = 80
#: Reasons for which a person has to look twice.
DOUBTS: Final = frozenset({"dearer", "very_cheap"})


@console_page(Permission.SUPPLY_VIEW)
def items(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Items that are offered for no SKU, each with what it may be."""
    asked = {key: request.GET.get(key, "") for key in ("supplier", "word", "after", "sku")}
    skus, suppliers = sku_choices(visitor.shop.id), supply.suppliers(visitor.shop.id)
    if asked["sku"] in dict(skus):
        return _sku(request, visitor, UUID(asked["sku"]))
    found, after = supply.suggestions_for_items(
        visitor.shop.id, supplier_id=_uuid(asked["supplier"]), word=_text(asked["word"]), after=_uuid(asked["after"]),
        limit=SHOWN,
    )  # fmt: skip
    best = [best[0] for _item, best in found if best]
    onward = urlencode({key: asked[key] for key in ("supplier", "word") if asked[key]} | {"after": str(after)})
    context = {
        "rows": _rows(visitor, best, [item for item, suggested in found if not suggested]),
        "asked": asked,
        "skus": skus,
        "suppliers": [(str(one.id), one.name) for one in suppliers],
        "next": f"?{onward}" if after else "",
        "here": request.get_full_path(),
        "may_edit": visitor.may(Permission.SUPPLY_MANAGE),
        "by_sku": False,
    }
    return show(request, visitor, "supply_match", context, page=PAGE)


@console_page(Permission.SUPPLY_VIEW)
def sku(request: HttpRequest, visitor: Visitor, sku_id: UUID) -> HttpResponse:
    """What one SKU may be bought as."""
    return _sku(request, visitor, sku_id)


def _sku(request: HttpRequest, visitor: Visitor, sku_id: UUID) -> HttpResponse:
    found = catalog.desk_sku(visitor.shop.id, sku_id)
    context = {
        "title": f"{found.product_name} {found.sku.name}",
        "rows": _rows(visitor, supply.suggestions_for_sku(visitor.shop.id, sku_id, limit=SHOWN), []),
        "sku": found,
        "here": reverse("desk:supply-match-sku", args=[sku_id]),
        "may_edit": visitor.may(Permission.SUPPLY_MANAGE),
        "by_sku": True,
    }
    return show(request, visitor, "supply_match", context, page=PAGE, crumbs=[(_("匹配建议"), reverse(PAGE))])


def _rows(visitor: Visitor, found: Sequence[Suggestion], alone: Sequence[MatchItem]) -> list[dict[str, Any]]:
    """Suggestions in words, then items without one."""
    ids = [one.sku_id for one in found]
    names, prices = sku_names(visitor.shop.id, ids), catalog.prices(visitor.shop.id, ids)
    rows = [
        {
            "item": one.item, "cost": words.cost(one.item.cost, one.item.currency), "score": one.score,
            "tone": "green" if one.score >= SURE else "amber",
            "sure": one.score >= SURE and not DOUBTS & {*one.reasons},
            "reasons": [words.REASONS.get(reason, (reason, "plain")) for reason in one.reasons],
            "sku_id": one.sku_id, "sku": names.get(one.sku_id, ""), "price": prices.get(one.sku_id),
            "pair": f"{one.sku_id}:{one.item.id}",
        }
        for one in found
    ]  # fmt: skip
    return rows + [{"item": item, "cost": words.cost(item.cost, item.currency)} for item in alone]


@console_page(Permission.SUPPLY_MANAGE, methods=("POST",))
def confirm(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Look at what was ticked first; with `go`, make the offers."""
    pairs = pairs_sent(request.POST.getlist("pair"))
    back = local_path(request.POST.get("next", ""), reverse(PAGE))
    if not pairs:
        return done(request, _("没有勾选任何匹配"), back)
    if request.POST.get("go"):
        made = confirm_matches(shop_id=visitor.shop.id, pairs=pairs, actor=visitor.actor, now=utc_now())
        return done(request, _("已新增 %(n)s 个货源") % {"n": made}, back)
    items = {one.id: one for one in supply.matched_items(visitor.shop.id, [item for _sku, item in pairs])}
    ids = [sku_id for sku_id, _item in pairs]
    names, prices = sku_names(visitor.shop.id, ids), catalog.prices(visitor.shop.id, ids)
    rows = [
        _preview(items[item], names[sku_id], prices[sku_id], f"{sku_id}:{item}", visitor)
        for sku_id, item in pairs
        if item in items and sku_id in names and sku_id in prices
    ]
    context = {"title": _("确认匹配"), "rows": rows, "back": back, "losses": sum(row["loses"] for row in rows)}
    crumbs = [(_("匹配建议"), reverse(PAGE))]
    return show(request, visitor, "supply_match_confirm", context, page=PAGE, crumbs=crumbs)


def _preview(item: MatchItem, name: str, price: Money, pair: str, visitor: Visitor) -> dict[str, Any]:
    landed = words.money(item.landed, price.currency)
    earned = Money(price.amount_minor - landed.amount_minor, price.currency)
    share = item.landed.scaleb(EXPONENTS[price.currency]) / price.amount_minor
    return {
        "item": item, "name": name, "price": price, "pair": pair, "cost": words.cost(item.cost, item.currency),
        "landed": words.cost(item.landed, visitor.shop.currency), "earned": earned, "loses": earned.is_negative,
        "percent": f"{(1 - share) * 100:.1f}%",
    }  # fmt: skip


@console_page(Permission.SUPPLY_MANAGE, methods=("POST",))
def dismiss(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """They are not the same."""
    pairs = pairs_sent([request.POST.get("one", "")])
    if not pairs:
        raise InvalidInput(_("没有这个匹配"))
    sku_id, item = pairs[0]
    dismiss_match(shop_id=visitor.shop.id, sku_id=sku_id, item=item, actor=visitor.actor, now=utc_now())
    return done(request, _("已忽略，不再建议"), local_path(request.POST.get("next", ""), reverse(PAGE)))


def pairs_sent(sent: Sequence[str]) -> list[tuple[UUID, UUID]]:
    """(SKU, item) of values like `<sku>:<item>`. Raises InvalidInput, also for more than 100."""
    if len(sent) > MOST:
        raise InvalidInput(_("一次最多确认 100 个匹配"))
    pairs = []
    for text in sent:
        sku_id, _colon, item = text.partition(":")
        found = (_uuid(sku_id), _uuid(item))
        if found[0] is None or found[1] is None:
            raise InvalidInput(_("没有这个匹配"))
        pairs.append((found[0], found[1]))
    return list(dict.fromkeys(pairs))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _text(text: str) -> str:
    return text.replace("\x00", "").encode(errors="ignore").decode().strip()
