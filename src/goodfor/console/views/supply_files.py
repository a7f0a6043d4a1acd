"""Suppliers who are written to: put orders on a sheet, fetch it, hand in what came back, look, take it."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import holding, paper_words
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.supply import queries as supply
from goodfor.supply.operations.put_out_sheet import fetch_sheet, put_out_sheet
from goodfor.supply.operations.read_answers import AnswersRead, read_answers

PAGE: Final = "desk:supply-files"
SHOWN: Final = 200


@console_page(Permission.SUPPLY_VIEW)
def file_suppliers(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All of them, and what waits."""
    return show(request, visitor, "supply_files", {"suppliers": supply.file_suppliers(visitor.shop.id)}, page=PAGE)


@console_page(Permission.SUPPLY_MANAGE)
def paper(request: HttpRequest, visitor: Visitor, paper_id: UUID) -> HttpResponse:
    """One of them: what waits, sheets and answers of before."""
    return _paper(request, visitor, paper_id)


@console_page(Permission.SUPPLY_MANAGE, methods=("POST",))
def put_out(request: HttpRequest, visitor: Visitor, paper_id: UUID) -> HttpResponse:
    """All that waits, on a new sheet."""
    try:
        made = put_out_sheet(shop_id=visitor.shop.id, supplier_id=paper_id, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _paper(request, visitor, paper_id, error=error)
    said = _("订单表已生成：%(orders)d 单，%(units)d 件，请下载后发给供应商") % {
        "orders": made.orders, "units": made.units,
    }  # fmt: skip
    if not made.orders:
        said = _("没有要发的订单；%(n)d 单已无人等待，已取消") % {"n": made.dropped}
    return done(request, said, reverse("desk:supply-paper", args=[paper_id]))


@console_page(Permission.SUPPLY_MANAGE, methods=("POST",))
def fetch(request: HttpRequest, visitor: Visitor, paper_id: UUID, sheet_id: UUID) -> HttpResponse:
    """The sheet as a file; who fetched it is written down, since buyers' accounts stand in it."""
    try:
        file = fetch_sheet(
            shop_id=visitor.shop.id, supplier_id=paper_id, sheet_id=sheet_id, actor=visitor.actor, now=utc_now()
        )
    except DomainError as error:
        return _paper(request, visitor, paper_id, error=error)
    response = HttpResponse(file.data, content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


@console_page(Permission.SUPPLY_MANAGE, methods=("POST",))
def answers(request: HttpRequest, visitor: Visitor, paper_id: UUID) -> HttpResponse:
    """A file that came back: looked at first; with `token` taken as it was shown, or dropped."""
    token = request.POST.get("token", "")
    whose = {"shop_id": visitor.shop.id, "staff_id": visitor.staff.id}
    here = reverse("desk:supply-paper", args=[paper_id])
    try:
        if token and "drop" in request.POST:
            holding.drop(token, **whose)
            return done(request, _("已丢弃，没有导入"), here)
        if not token:
            return _look(request, visitor, paper_id)
        path, name = holding.held_file(token, **whose)
        found = read_answers(
            shop_id=visitor.shop.id, supplier_id=paper_id, data=path.read_bytes(), name=name, actor=visitor.actor,
            now=utc_now(), part_is_all=bool(request.POST.get("all")),
        )  # fmt: skip
    except DomainError as error:
        return _paper(request, visitor, paper_id, error=error)
    holding.drop(token, **whose)
    taken = sum(bool(one.state) for one in found.orders)
    return done(
        request, _("已处理 %(taken)d 单，%(left)d 单没有动") % {"taken": taken, "left": len(found.orders) - taken}, here
    )


def _look(request: HttpRequest, visitor: Visitor, paper_id: UUID) -> HttpResponse:
    whose = {"shop_id": visitor.shop.id, "staff_id": visitor.staff.id}
    filename, parts = _given(request)
    token = holding.hold(filename=filename, parts=parts, **whose)
    path, name = holding.held_file(token, **whose)
    try:
        found = read_answers(
            shop_id=visitor.shop.id, supplier_id=paper_id, data=path.read_bytes(), name=name, actor=visitor.actor,
            now=utc_now(), dry_run=True,
        )  # fmt: skip
    except DomainError:
        holding.drop(token, **whose)
        raise
    return _paper(request, visitor, paper_id, found=found, token=token, filename=name)


def _given(request: HttpRequest) -> tuple[str, Iterable[bytes]]:
    upload: Any = request.FILES.get("file")
    if upload is None:
        raise InvalidInput(_("请选择一个文件"), field="file")
    if not str(upload.name or "").lower().endswith((".txt", ".csv", ".xlsx")):
        raise InvalidInput(_("只收 TXT、CSV 和 XLSX 文件"), field="file")
    return str(upload.name), upload.chunks()


def _paper(
    request: HttpRequest, visitor: Visitor, paper_id: UUID, *, error: DomainError | None = None,
    found: AnswersRead | None = None, token: str = "", filename: str = "",
) -> HttpResponse:  # fmt: skip
    desk = supply.paper_desk(visitor.shop.id, paper_id)
    people = {one.actor: one.username for one in identity.staff_of_shop(visitor.shop.id)}
    context: dict[str, Any] = {
        "title": desk.supplier.name,
        "desk": desk,
        "supplier": desk.supplier,
        "sheets": [(one, people.get(one.actor, "")) for one in desk.sheets],
        "answers": [(one, people.get(one.actor, "")) for one in desk.answers],
        "error": error,
    }
    if found is not None:
        context |= _preview(found) | {"token": token, "filename": filename}
    crumbs = [(_("文件供货"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "supply_paper", context, page=PAGE, crumbs=crumbs, status=status)


def _preview(found: AnswersRead) -> dict[str, Any]:
    takes = found.count("whole", "more", "failed", "done", "late")
    return {
        "found": found,
        "rows": [(one, *paper_words.VERDICTS[one.verdict]) for one in found.orders[:SHOWN]],
        "more_rows": max(0, len(found.orders) - SHOWN),
        "wrong": [one.words() for one in found.problems[:SHOWN]],
        "more_wrong": max(0, len(found.problems) - SHOWN),
        "takes": takes,
        "parts": found.count("part"),
        "leaves": len(found.orders) - takes,
    }
