"""The pages that a described list gets: the list itself, columns, views, export, batch with a counted confirmation."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from goodfor.console import queries
from goodfor.console.errors import NotAllowed, NothingSelected, ResultChanged, TooManyRows
from goodfor.console.frame import console_page, done, show
from goodfor.console.listing import asked as asking
from goodfor.console.listing.cells import ListRow, cell_html
from goodfor.console.listing.spec import REGISTRY, Act, Asked, Column, Filter, Listing, Tab
from goodfor.console.operations.start_batch import MOST, start_batch
from goodfor.console.operations.start_export import start_export, wish_export
from goodfor.console.operations.views_of_lists import choose_columns, forget_view, save_view
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.wishing import MOST_ROWS
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.ids import uuid7

_PICKED: Final = "console_picked"
_SALT: Final = "console.batch"
CONFIRM_SECONDS: Final = 900


def listing_urls(route: str, listing: Listing) -> list[URLPattern]:
    """The addresses of a list, under `route`; this also makes it known to exports and batches."""
    REGISTRY[listing.key] = listing
    name = listing.page.partition(":")[2]
    views: list[tuple[str, str, Any]] = [
        ("", "", _list(listing)),
        ("columns", "-columns", _columns(listing)),
        ("views", "-views", _views(listing)),
        ("export", "-export", _export(listing)),
    ]
    if listing.acts:
        views += [("pick", "-pick", _pick(listing)), ("batch", "-batch", _confirm(listing))]
    return [path(route + part, view, name=name + suffix) for part, suffix, view in views]


def _list(listing: Listing) -> Any:
    @console_page(listing.permission)
    def page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
        return show(request, visitor, "listing", list_context(listing, request, visitor), page=listing.page)

    return page


def list_context(listing: Listing, request: HttpRequest, visitor: Visitor) -> dict[str, Any]:
    """Everything that the list's template shows."""
    params = request.GET.dict()
    wanted = asking.read(listing, params, visitor)
    columns, offered = _chosen(listing, visitor), _of_page(listing, visitor)
    # One row more than the page tells whether there is a next one, without counting.
    rows = list(listing.source.page(wanted, offset=wanted.offset, limit=wanted.size + 1))
    more = len(rows) > wanted.size
    counts = listing.source.counts(wanted)
    total = _total(listing, wanted, counts)
    problems = dict(wanted.problems)
    return {
        "listing": listing,
        "asked": wanted,
        "title": listing.title,
        "tabs": [_tab(listing, tab, params, counts) for tab in listing.tabs],
        "filters": [
            _field(entry, params, visitor, problems) for entry in listing.filters_for(visitor) if not entry.folded
        ],
        "folded": [_field(entry, params, visitor, problems) for entry in listing.filters_for(visitor) if entry.folded],
        "folded_open": any(params.get(k) for e in listing.filters_for(visitor) if e.folded for k in e.keys),
        "in_force": _in_force(listing, params, visitor),
        "columns": columns,
        "offered": [(column, column in columns) for column in offered],
        "rows": [
            ListRow(
                listing.row_id(row),
                listing.row_name(row),
                [cell_html(column, row) for column in columns],
                listing.detail(row) if listing.detail else (),
            )
            for row in rows[: wanted.size]
        ],
        "acts": listing.acts_for(visitor),
        "create": (reverse(listing.create[0]), listing.create[1])
        if listing.create and visitor.may(listing.create[2])
        else None,
        "may_export": visitor.may(export_permission(listing)),
        "views": queries.saved_views(visitor.shop.id, visitor.staff.id, listing.key),
        "query": asking.query_of(listing, params),
        "total": _limited(total, listing.count_limit) if total is not None else None,
        "total_number": total if total is not None else wanted.offset + len(rows),
        "previous": asking.address(params, page=wanted.page - 1 if wanted.page > 2 else None)
        if wanted.page > 1
        else "",
        "next": asking.address(params, page=wanted.page + 1) if more else "",
        "here_sort": params.get("sort", ""),
        "names": _names(listing),
        "above": listing.above(visitor) if listing.above else "",
    }


def _names(listing: Listing) -> dict[str, str]:
    parts = ["columns", "views", "export", *(["pick"] if listing.acts else [])]
    return {part: reverse(f"{listing.page}-{part}") for part in parts} | {"list": reverse(listing.page)}


def _of_page(listing: Listing, visitor: Visitor) -> tuple[Column, ...]:
    return tuple(column for column in listing.columns_for(visitor) if not column.file_only)


def _chosen(listing: Listing, visitor: Visitor) -> tuple[Column, ...]:
    offered = _of_page(listing, visitor)
    kept = queries.chosen_columns(visitor.shop.id, visitor.staff.id, listing.key)
    return tuple(c for c in offered if c.fixed or (c.key in kept if kept is not None else c.default))


def _total(listing: Listing, wanted: Asked, counts: Mapping[str, int] | None) -> int | None:
    if counts is None:
        return None
    tab = listing.tab(wanted.tab)
    parts = tab.parts if tab and tab.parts else tuple(counts)
    return sum(counts.get(part, 0) for part in parts)


def _limited(number: int, limit: int) -> str:
    return f"{limit - 1:,}+" if number >= limit else f"{number:,}"


def _tab(listing: Listing, tab: Tab, params: Mapping[str, str], counts: Mapping[str, int] | None) -> dict[str, Any]:
    number = None if counts is None else sum(counts.get(part, 0) for part in tab.parts or counts)
    return {
        "key": tab.key,
        "label": tab.label,
        "href": asking.address(params, tab=tab.key, page=None),
        "count": None if number is None else _limited(number, listing.count_limit),
        "tone": tab.tone if number else "",
    }


def _field(entry: Filter, params: Mapping[str, str], visitor: Visitor, problems: Mapping[str, Any]) -> dict[str, Any]:
    wrong = next((problems[key] for key in entry.keys if key in problems), "")
    return {
        "key": entry.key,
        "kind": entry.kind,
        "label": entry.label,
        "hint": entry.hint,
        "value": params.get(entry.key, ""),
        "from": params.get(f"{entry.key}_from", ""),
        "until": params.get(f"{entry.key}_until", ""),
        "options": list(entry.choices(visitor)) if entry.choices else [],
        "groups": list(entry.groups(visitor)) if entry.groups else [],
        "error": wrong,
    }


def _in_force(listing: Listing, params: Mapping[str, str], visitor: Visitor) -> list[dict[str, Any]]:
    """What is filtered now, in words, each with the address without it."""
    found = []
    for entry in listing.filters_for(visitor):
        given = [params[key].strip() for key in entry.keys if params.get(key, "").strip()]
        if not given:
            continue
        words = entry.offered(visitor)
        text = " – ".join(str(words.get(value, value)) for value in given)
        left_out = dict.fromkeys(entry.keys)
        href = asking.address(params, page=None, **left_out)
        found.append({"label": _("%(what)s：%(value)s") % {"what": entry.label, "value": text}, "href": href})
    return found


def _back(listing: Listing, query: str) -> str:
    clean = asking.query_of(listing, dict(parse_qsl(query)))
    return reverse(listing.page) + (f"?{clean}" if clean else "")


def _columns(listing: Listing) -> Any:
    @console_page(listing.permission, methods=("POST",))
    def page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
        known = {column.key for column in _of_page(listing, visitor)}
        wanted = [] if "reset" in request.POST else [key for key in request.POST.getlist("column") if key in known]
        choose_columns(shop_id=visitor.shop.id, staff_id=visitor.staff.id, listing=listing.key, columns=wanted)
        return redirect(_back(listing, request.POST.get("query", "")))

    return page


def _views(listing: Listing) -> Any:
    @console_page(listing.permission, methods=("POST",))
    def page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
        query = request.POST.get("query", "")
        if "forget" in request.POST:
            forget_view(shop_id=visitor.shop.id, staff_id=visitor.staff.id, view_id=_uuid(request.POST["forget"]))
            return done(request, _("视图已删除"), _back(listing, query))
        save_view(
            shop_id=visitor.shop.id,
            staff_id=visitor.staff.id,
            listing=listing.key,
            name=request.POST.get("name", ""),
            query=asking.query_of(listing, dict(parse_qsl(query))),
            now=utc_now(),
        )
        return done(request, _("视图已保存"), _back(listing, query))

    return page


def export_permission(listing: Listing) -> str:
    """What one must be allowed to take a list away as a file."""
    return listing.permission if listing.export_permission is None else listing.export_permission


def _export(listing: Listing) -> Any:
    @console_page(export_permission(listing), methods=("POST",))
    def page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
        if not visitor.may(listing.permission):
            raise NotAllowed
        shown = _chosen(listing, visitor)
        every = "all_columns" in request.POST
        wanted = [c for c in listing.columns_for(visitor) if every or c.file_only or c in shown]
        told: dict[str, Any] = {
            "shop_id": visitor.shop.id,
            "listing": listing.key,
            "query": asking.query_of(listing, dict(parse_qsl(request.POST.get("query", "")))),
            "columns": [column.key for column in wanted if column.exported],
            "file_format": "csv" if request.POST.get("format") == "csv" else "xlsx",
            "locale": translation.get_language() or "zh-hans",
            "now": utc_now(),
        }
        rows = _rows_up_to(listing, told["query"], visitor)
        if rows <= MOST_ROWS:
            start_export(**told, staff_id=visitor.staff.id, actor=visitor.actor)
            return done(request, _("正在后台导出，完成后在这里下载"), reverse("desk:exports"))
        alone = wish_export(**told, staff=visitor.staff, rows=rows, reason=str(listing.title))
        said = (
            _("超过 %(n)s 行：店里没有别人可以批准，等待期过后你可以自己取一次")
            if alone
            else _("超过 %(n)s 行，要一位同事批准；批准后一小时内你可以取一次")
        )
        return done(request, said % {"n": f"{MOST_ROWS:,}"}, reverse("desk:exports"))

    return page


def _rows_up_to(listing: Listing, query: str, visitor: Visitor) -> int:
    """How many rows a file would have, counted until it is clear that they are many."""
    count = 0
    for page in listing.source.walk(asking.read(listing, dict(parse_qsl(query)), visitor)):
        count += len(page)
        if count > MOST_ROWS:
            break
    return count


def _pick(listing: Listing) -> Any:
    @console_page(listing.permission, methods=("POST",))
    def page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
        """Keep what was picked in the session and go to its confirmation: nothing is done yet."""
        act = _act(listing, request.POST.get("act", ""), visitor)
        whole = request.POST.get("whole") == "1"
        ids = [] if whole else [str(_uuid(text)) for text in request.POST.getlist("pick")]
        if not whole and not ids:
            raise NothingSelected
        query = asking.query_of(listing, dict(parse_qsl(request.POST.get("query", ""))))
        request.session[_PICKED] = {"listing": listing.key, "act": act.key, "ids": ids, "whole": whole, "query": query}
        return redirect(f"{listing.page}-batch")

    return page


def _confirm(listing: Listing) -> Any:
    @console_page(listing.permission, methods=("GET", "POST"))
    def page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
        picked = request.session.get(_PICKED) or {}
        if picked.get("listing") != listing.key:
            return redirect(listing.page)
        act = _act(listing, picked["act"], visitor)
        if act.dangerous:
            require_fresh_proof(request)
        ids = _picked_ids(listing, picked, visitor)
        if request.method == "POST":
            return _go(request, visitor, listing, act, ids)
        return _ask(request, visitor, listing, act, ids, picked)

    return page


def _ask(
    request: HttpRequest, visitor: Visitor, listing: Listing, act: Act, ids: Sequence[UUID], picked: dict[str, Any],
    changed: bool = False, wrong: str = "", values: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    sealed = {"batch": str(uuid7()), "count": len(ids), "digest": _digest(ids), "values": values}
    token = signing.dumps(sealed, salt=_SALT)
    some = listing.source.by_ids(visitor.shop.id, list(ids)[:10])
    context = {
        "title": act.label,
        "act": act,
        "count": len(ids),
        "confirm": str(act.confirm).replace("{n}", f"{len(ids):,}"),
        "names": [listing.row_name(row) for row in some],
        "fields": [(entry, request.POST.get(entry.key, "")) for entry in act.form.fields] if act.form else [],
        "preview": [(listing.row_name(row), *act.form.preview(row, values)) for row in some]
        if act.form and values is not None
        else [],
        "ready": act.form is None or values is not None,
        "rest": max(len(ids) - len(some), 0),
        "token": token,
        "changed": changed,
        "remarks": act.remarks(visitor, utc_now()) if act.remarks else [],
        "sums": act.sums(visitor, ids, values or {}) if act.sums and (values is not None or act.form is None) else [],
        "note": request.POST.get("note", ""),
        "wrong": wrong,
        "back": _back(listing, picked["query"]),
    }
    crumbs = [(listing.title, _back(listing, picked["query"]))]
    return show(
        request, visitor, "batch_confirm", context, page=listing.page, crumbs=crumbs, status=409 if changed else 200
    )


def _go(request: HttpRequest, visitor: Visitor, listing: Listing, act: Act, ids: Sequence[UUID]) -> HttpResponse:
    picked = request.session[_PICKED]
    try:
        confirmed = signing.loads(request.POST.get("token", ""), salt=_SALT, max_age=CONFIRM_SECONDS)
    except signing.BadSignature:
        return _ask(request, visitor, listing, act, ids, picked, changed=True)
    if (confirmed["count"], confirmed["digest"]) != (len(ids), _digest(ids)):
        return _ask(request, visitor, listing, act, ids, picked, changed=True)
    note = request.POST.get("note", "").strip()
    if act.asks and not note:
        return _ask(request, visitor, listing, act, ids, picked, wrong=_("请填写"))
    values: dict[str, Any] = {}
    if act.form:
        try:
            values = act.form.read(request.POST.dict(), visitor)
        except InvalidInput as error:
            return _ask(request, visitor, listing, act, ids, picked, wrong=error.detail)
        # Only what was shown is done: other values than those of the preview are previewed anew.
        if "go" not in request.POST or confirmed["values"] != values:
            return _ask(request, visitor, listing, act, ids, picked, values=values)
    batch_id = start_batch(
        batch_id=UUID(confirmed["batch"]),
        shop_id=visitor.shop.id,
        staff_id=visitor.staff.id,
        listing=listing.key,
        action=act.key,
        note=note,
        subject_ids=ids,
        actor=visitor.actor,
        now=utc_now(),
        values=values,
    )
    request.session.pop(_PICKED, None)
    return redirect("desk:batch", batch_id)


def _act(listing: Listing, key: str, visitor: Visitor) -> Act:
    act = listing.act(key)
    if act is None or not visitor.may(act.permission):
        raise NotAllowed
    return act


def _picked_ids(listing: Listing, picked: dict[str, Any], visitor: Visitor) -> list[UUID]:
    if picked["whole"]:
        wanted = asking.read(listing, dict(parse_qsl(picked["query"])), visitor)
        if wanted.problems:
            raise ResultChanged
        ids = list(listing.source.ids(wanted, limit=MOST + 1))
    else:
        asked_for = [UUID(text) for text in picked["ids"]]
        ids = [listing.row_id(row) for row in listing.source.by_ids(visitor.shop.id, asked_for)]
    if not ids:
        raise NothingSelected
    if len(ids) > MOST:
        raise TooManyRows(limit=MOST)
    return ids


def _digest(ids: Sequence[UUID]) -> str:
    return hashlib.sha256(b"".join(sorted(one.bytes for one in ids))).hexdigest()


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NothingSelected from None
