"""What runs in the background: exports with their files, batches with their progress."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import queries, wishing, words
from goodfor.console.errors import ExportNotFound, NotAllowed, WishMoved
from goodfor.console.frame import EVERYBODY, console_page, show
from goodfor.console.judging import EXPORT, Looking, judge, noted
from goodfor.console.listing.pages import export_permission
from goodfor.console.listing.running import export_path
from goodfor.console.listing.spec import REGISTRY, Listing
from goodfor.console.operations.take_export import note_taken, take_list
from goodfor.console.types import BatchView, ExportView, Visitor, WishView
from goodfor.console.wish_queries import newest_wish, open_times
from goodfor.identity import queries as identity
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now

EXPORTS: Final = "desk:exports"
BATCHES: Final = "desk:batches"


def _names(visitor: Visitor) -> dict[UUID, str]:
    return {one.id: one.username for one in identity.staff_of_shop(visitor.shop.id)}


def _exportable(visitor: Visitor) -> list[str]:
    return [
        key
        for key, listing in REGISTRY.items()
        if visitor.may(listing.permission) and visitor.may(export_permission(listing))
    ]


@console_page(EVERYBODY)
def exports(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """One's own exports, latest first; an owner sees all. A file holds what its maker may see, and others may not."""
    mine = None if visitor.staff.role == Role.OWNER else visitor.staff.id
    names, found = _names(visitor), queries.exports(visitor.shop.id, _exportable(visitor), mine)
    opens = open_times(visitor.shop.id, [row.id for row in found])
    rows = [
        (
            row,
            REGISTRY[row.listing].title,
            names.get(row.staff_id, ""),
            *words.EXPORT_STATES[row.state],
            *_when(visitor, row, opens),
        )
        for row in found
    ]
    running = any(row.state in ("waiting", "running") for row in found)
    return show(request, visitor, "exports", {"rows": rows, "running": running}, page=EXPORTS)


def _when(
    visitor: Visitor, row: ExportView, opens: Mapping[UUID, datetime | None]
) -> tuple[bool, datetime | None]:  # fmt: skip
    """Whether the visitor may take it now, and from when on a long one may be taken."""
    if row.state != "done":
        return False, None
    if row.id not in opens:
        return True, None
    opened = opens[row.id]
    ready = row.staff_id == visitor.staff.id and opened is not None and opened <= utc_now()
    return ready, None if ready else opened


@console_page(EVERYBODY)
def export_file(request: HttpRequest, visitor: Visitor, export_id: UUID) -> Any:
    """The file itself; who takes it is judged and written down. A long one is taken once, by who asked for it."""
    row = queries.export(visitor.shop.id, export_id)
    if row.listing not in _exportable(visitor):
        raise NotAllowed
    if row.staff_id != visitor.staff.id and visitor.staff.role != Role.OWNER:
        raise ExportNotFound
    path = export_path(row.id, row.format)
    if row.state != "done" or row.expires_at <= utc_now() or not path.exists():
        raise ExportNotFound
    asked = newest_wish(visitor.shop.id, wishing.LIST, row.id)
    if asked is not None and not (asked.staff_id == visitor.staff.id and asked.is_open(utc_now())):
        raise WishMoved
    judged = judge(
        request, visitor, Looking(EXPORT, 0, taken=row.id, rows=row.rows, approved=asked is not None)
    )  # fmt: skip
    now, name = utc_now(), f"{row.listing}-{row.created_at:%Y%m%d-%H%M}.{row.format}"
    file = path.open("rb")
    if asked is not None:
        _take_once(visitor, asked, path, now)
    note_taken(shop_id=visitor.shop.id, export_id=row.id, actor=visitor.actor, now=now)
    noted(judged)
    return FileResponse(file, as_attachment=True, filename=name)


def _take_once(visitor: Visitor, asked: WishView, path: Path, now: datetime) -> None:
    """What is open already stays readable to the end."""
    take_list(shop_id=visitor.shop.id, wish_id=asked.id, staff_id=visitor.staff.id, now=now)
    path.unlink(missing_ok=True)


def _acting(visitor: Visitor) -> list[str]:
    return [key for key, listing in REGISTRY.items() if listing.acts and visitor.may(listing.permission)]


@console_page(EVERYBODY)
def batches(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The shop's batches, latest first."""
    names, found = _names(visitor), queries.batches(visitor.shop.id, _acting(visitor))
    rows = [_batch_row(row, names) for row in found]
    return show(request, visitor, "batches", {"rows": rows}, page=BATCHES)


def _batch_row(row: BatchView, names: dict[UUID, str]) -> dict[str, Any]:
    listing: Listing = REGISTRY[row.listing]
    act = listing.act(row.action)
    label, tone = words.BATCH_STATES[row.state]
    return {
        "batch": row,
        "label": f"{listing.title} · {act.label if act else row.action}",
        "who": names.get(row.staff_id, ""),
        "state": label,
        "tone": tone,
    }


@console_page(EVERYBODY)
def batch(request: HttpRequest, visitor: Visitor, batch_id: UUID) -> HttpResponse:
    """One batch: how far it is, and which rows were refused and why. A fragment for the page that watches it."""
    row = queries.batch(visitor.shop.id, batch_id)
    if row.listing not in _acting(visitor):
        raise NotAllowed
    listing = REGISTRY[row.listing]
    refused = queries.refused_items(visitor.shop.id, batch_id)
    found = {listing.row_id(one): one for one in listing.source.by_ids(visitor.shop.id, [item[0] for item in refused])}
    context = {
        **_batch_row(row, _names(visitor)),
        "title": _("批量任务"),
        "running": row.state != "done",
        "refused": [
            (listing.row_name(found[one]) if one in found else str(one), words.word(words.PROBLEMS, problem))
            for one, problem in refused
        ],
    }
    crumbs = [(_("批量任务"), reverse(BATCHES))]
    return show(request, visitor, "batch", context, page=BATCHES, crumbs=crumbs)
