"""The list of cases: what nobody could decide by rule."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from goodfor.console import words
from goodfor.console.columns import Text
from goodfor.console.listing.spec import ALL_TAB, Act, ActContext, Asked, Column, Filter, Listing, Tab
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.payments import queries as payments
from goodfor.payments.errors import CaseNotFound
from goodfor.payments.operations.close_case import close_case
from goodfor.payments.types import CaseView

TABS: Final = (
    Tab("open", _("待处理"), ("open",), "red"),
    Tab("closed", _("已处理"), ("closed",)),
    Tab(ALL_TAB, _("全部")),
)
COUNT_LIMIT: Final = 1000
WALK: Final = 500


class _Cases:
    """Cases as the kit asks for them."""

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[CaseView]:
        state = None if asked.tab == ALL_TAB else asked.tab
        return payments.cases(asked.shop_id, state=state, kind=asked.values.get("kind"), offset=offset, limit=limit)

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        return {
            state: len(payments.cases(asked.shop_id, state=state, kind=asked.values.get("kind"), limit=COUNT_LIMIT))
            for state in words.CASE_STATES
        }

    def walk(self, asked: Asked) -> Iterator[Sequence[CaseView]]:
        offset = 0
        while page := self.page(asked, offset=offset, limit=WALK):
            yield page
            offset += WALK

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        return [row.id for row in self.page(asked, offset=0, limit=limit)]

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[CaseView]:
        found = []
        for one in ids:
            try:
                found.append(payments.case(shop_id, one))
            except CaseNotFound:
                continue
        return found


def kind_choices(_visitor: Visitor) -> list[tuple[str, Text]]:
    """Kinds of cases."""
    return list(words.CASE_KINDS.items())


def kind_of(row: CaseView) -> str:
    """The kind in words."""
    return words.word(words.CASE_KINDS, row.kind)


def kind_link(row: CaseView) -> SafeString:
    """The kind, leading to the case."""
    return format_html('<a href="{}">{}</a>', reverse("desk:case", args=[row.id]), kind_of(row))


def _close(context: ActContext, case_id: UUID) -> None:
    close_case(shop_id=context.shop_id, case_id=case_id, resolution=context.note, actor=context.actor, now=context.now)


CASES: Final = Listing(
    key="cases",
    page="desk:cases",
    title=_("异常单"),
    permission=Permission.PAYMENTS_VIEW,
    source=_Cases(),
    row_id=lambda row: row.id,
    row_name=lambda row: f"{kind_of(row)} {str(row.id)[-6:]}",
    tabs=TABS,
    count_limit=COUNT_LIMIT,
    columns=(
        Column("kind", _("类型"), kind_of, show=kind_link, first=True),
        Column("state", _("状态"), lambda row: (words.word(words.CASE_STATES, row.state),
                                              "red" if row.state == "open" else "plain"), "badge"),
        Column("opened", _("发现时间"), lambda row: row.opened_at, "time"),
        Column("closed", _("处理时间"), lambda row: row.closed_at, "time"),
        Column("resolution", _("处理结果"), lambda row: row.resolution),
    ),
    filters=(Filter("kind", _("类型"), "choice", kind_choices),),
    acts=(
        Act("close", _("标为已处理"), _("把 {n} 个异常单标为已处理？"), Permission.PAYMENTS_RESOLVE, _close,
            asks=_("怎么处理的")),
    ),
    export_permission=Permission.PAYMENTS_VIEW,
)  # fmt: skip
