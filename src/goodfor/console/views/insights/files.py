"""Figures as files: the same question as the page's, with nothing that its reader may not see."""

from collections.abc import Callable, Mapping
from typing import Final, get_args
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console import insight_tables as tables
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page
from goodfor.console.insight_asking import Asked, read
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.insights import queries
from goodfor.insights.errors import InvalidAsk
from goodfor.insights.operations.take_file import take_file
from goodfor.insights.queries import desk as desk_queries
from goodfor.insights.types import By, Table
from goodfor.kernel.clock import utc_now

_MAKERS: Final[Mapping[str, Callable[[UUID, Asked, By, list[str]], Table]]] = {
    "figures": lambda shop_id, asked, by, columns: tables.named(
        by, queries.figures_table(shop_id, asked.ask, by, columns)
    ),
    "funnel": lambda shop_id, asked, by, _columns: tables.named(by, queries.steps_table(shop_id, asked.ask, by)),
}


@console_page(Permission.INSIGHTS_VIEW, methods=("POST",))
def file(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`what` (figures, funnel, cohorts, stock, suppliers, risk) as `format`; the filters stand in the address."""
    sent, now = request.POST, utc_now()
    what, by = sent.get("what", ""), _by(sent.get("by", ""))
    columns = [name for name in sent.get("columns", "").split(",") if name][:40] or list(desk_queries.COLUMNS)
    asked = read(request, visitor, now)
    if not all(visitor.may(right) for right in _needed(what, by, columns, asked)):
        raise NotAllowed
    if what in _MAKERS:
        table = _MAKERS[what](visitor.shop.id, asked, by, columns)
    else:
        table = tables.table_named(visitor, what, sent.get("kind", ""), now)
    made, media = take_file(
        shop_id=visitor.shop.id, table=table, form=sent.get("format", ""), actor=visitor.actor, now=now
    )  # fmt: skip
    response = HttpResponse(made, content_type=media)
    name = f"{what}-{by or 'all'}-{asked.ask.first:%Y%m%d}-{asked.ask.last:%Y%m%d}.{sent['format']}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _needed(what: str, by: By, columns: list[str], asked: Asked) -> frozenset[str]:
    if what == "figures":
        return desk_queries.needed(by, columns, asked.filters)
    also = {"suppliers": Permission.SUPPLY_VIEW, "risk": Permission.RISK_VIEW, "stock": Permission.STOCK_VIEW}
    return desk_queries.needed(by, (), asked.filters) | ({str(also[what])} if what in also else frozenset())


def _by(text: str) -> By:
    found = next((by for by in get_args(By) if by == text), None)
    if found is None:
        raise InvalidAsk(_("没有这个维度"), field="by")
    wanted: By = found
    return wanted
