"""What runs in the background: exports with their files, batches with their progress."""

from typing import Any, Final
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import queries, words
from goodfor.console.errors import ExportNotFound, NotAllowed
from goodfor.console.frame import EVERYBODY, console_page, show
from goodfor.console.listing.pages import export_permission
from goodfor.console.listing.running import export_path
from goodfor.console.listing.spec import REGISTRY, Listing
from goodfor.console.types import BatchView, ExportView, Visitor
from goodfor.identity import queries as identity
from goodfor.identity.types import Role
from goodfor.kernel import audit
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
    rows = [(row, REGISTRY[row.listing].title, names.get(row.staff_id, ""), *_export_words(row)) for row in found]
    running = any(row.state in ("waiting", "running") for row in found)
    return show(request, visitor, "exports", {"rows": rows, "running": running}, page=EXPORTS)


def _export_words(row: ExportView) -> tuple[Any, str]:
    return words.EXPORT_STATES[row.state]


@console_page(EVERYBODY)
def export_file(request: HttpRequest, visitor: Visitor, export_id: UUID) -> Any:  # noqa: ARG001
    """The file itself; who takes it is written down."""
    row = queries.export(visitor.shop.id, export_id)
    if row.listing not in _exportable(visitor):
        raise NotAllowed
    if row.staff_id != visitor.staff.id and visitor.staff.role != Role.OWNER:
        raise ExportNotFound
    path = export_path(row.id, row.format)
    if row.state != "done" or row.expires_at <= utc_now() or not path.exists():
        raise ExportNotFound
    audit.record(
        shop_id=visitor.shop.id, actor=visitor.actor, action="console.export_taken",
        subject=("console.export", row.id), data={}, now=utc_now(),
    )  # fmt: skip
    name = f"{row.listing}-{row.created_at:%Y%m%d-%H%M}.{row.format}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


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
