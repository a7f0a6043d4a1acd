"""The desk of reconciliation: differences that have to end, those due first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from goodfor.console import recon_words as words
from goodfor.console.columns import Text
from goodfor.console.listing.spec import ALL_TAB, Act, ActContext, Asked, Column, Filter, Listing, Tab
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kit import writing
from goodfor.recon import queries as recon
from goodfor.recon.operations.work_case import assign_case, close_case
from goodfor.recon.types import LIVE, NOBODY, CaseSearch, CaseView

PAGE: Final = "desk:recon"
COUNT_LIMIT: Final = 1000
WALK: Final = 500
MACHINE: Final = "system"
TABS: Final = (
    Tab(LIVE, _("全部未了结"), ("open", "explained", "corrected"), "red"),
    Tab("open", _("待处理"), ("open",)),
    Tab("explained", _("已说明原因"), ("explained",)),
    Tab("corrected", _("已更正"), ("corrected",)),
    Tab("closed", _("已了结"), ("closed",)),
    Tab(ALL_TAB, _("全部")),
)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with the name of who has it."""

    case: CaseView
    owner: str
    now: datetime


def names_of(shop_id: UUID) -> dict[str, str]:
    """Actor -> name of everybody of the staff, and of the machine."""
    return {MACHINE: _now("机器")} | {one.actor: one.username for one in identity.staff_of_shop(shop_id)}


def search_of(asked: Asked, state: str | None = None) -> CaseSearch:
    """What the address asks for."""
    given = asked.values
    tab = state or ("" if asked.tab == ALL_TAB else asked.tab)
    return CaseSearch(
        state=tab, category=given.get("category", ""), area=given.get("area", ""), account=given.get("account", ""),
        owner=given.get("owner", ""), key=given.get("key", ""), machine=given.get("machine", ""),
        least_minor=given.get("risk_from"), most_minor=given.get("risk_until"), since=_day(given.get("day_from")),
        until=_day(given.get("day_until"), end=True), overdue=utc_now() if given.get("overdue") else None,
    )  # fmt: skip


def _day(at: datetime | None, *, end: bool = False) -> date | None:
    """The day; the end of a span is the midnight after its last day."""
    return None if at is None else (at - timedelta(seconds=1) if end else at).date()


class _Cases:
    """Cases as the kit asks for them."""

    def _rows(self, shop_id: UUID, found: Sequence[CaseView]) -> list[CaseRow]:
        names, now = names_of(shop_id), utc_now()
        return [CaseRow(one, names.get(one.owner, one.owner), now) for one in found]

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[CaseRow]:
        found = recon.search_cases(asked.shop_id, search_of(asked), order=asked.sort, offset=offset, limit=limit)
        return self._rows(asked.shop_id, found)

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        return {state: recon.count_cases(asked.shop_id, search_of(asked, state), COUNT_LIMIT) for state in words.STATES}

    def walk(self, asked: Asked) -> Iterator[Sequence[CaseRow]]:
        offset = 0
        while page := self.page(asked, offset=offset, limit=WALK):
            yield page
            offset += WALK

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        return [row.case.id for row in self.page(asked, offset=0, limit=limit)]

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[CaseRow]:
        return self._rows(shop_id, recon.cases_by_ids(shop_id, ids))


def risk_of(row: CaseRow) -> Money:
    """What is at stake."""
    return Money(row.case.risk_minor, row.case.currency)


def category_link(row: CaseRow) -> SafeString:
    """What differs, leading to the case."""
    return format_html(
        '<a href="{}">{}</a> <span class="quiet mono">{}</span>', reverse("desk:recon-case", args=[row.case.id]),
        words.word(words.CATEGORIES, row.case.category), row.case.category,
    )  # fmt: skip


def due_html(row: CaseRow) -> SafeString:
    """By when somebody must have looked; red once that is past."""
    if row.case.closed_at is not None:
        return format_html("{}", "–")
    if row.case.due_at < row.now:
        return format_html('<span class="badge badge-red">{}</span> {}', _now("已超时"), writing.exact(row.case.due_at))
    return format_html("{}", writing.exact(row.case.due_at))


def age_of(row: CaseRow) -> int:
    """Whole days since it was opened."""
    return ((row.case.closed_at or row.now) - row.case.opened_at).days


def number_of(case: CaseView) -> str:
    """The number that names it best."""
    for side in (case.ours, case.theirs):
        for name in ("key", "alt_key"):
            if side.get(name):
                return str(side[name])
    return str(case.detail.get("reference", ""))


def _take(context: ActContext, case_id: UUID) -> None:
    assign_case(shop_id=context.shop_id, case_id=case_id, owner=context.actor, actor=context.actor, now=context.now)


def _close(context: ActContext, case_id: UUID) -> None:
    close_case(shop_id=context.shop_id, case_id=case_id, reason=context.note, actor=context.actor, now=context.now)


def _choices(named: Mapping[str, Text]) -> Any:
    return lambda _visitor: list(named.items())


def category_choices(_visitor: Visitor) -> list[tuple[str, Text]]:
    """Kinds of which there are cases."""
    return [(key, f"{key} {text}") for key, text in words.CATEGORIES.items() if recon.CATEGORIES[key].case]


def account_choices(visitor: Visitor) -> list[tuple[str, Text]]:
    """Accounts that were ever compared."""
    found = recon.accounts_compared(visitor.shop.id)
    return [(account, f"{words.word(words.AREAS, area)} {account}") for area, account in found]


def owner_choices(visitor: Visitor) -> list[tuple[str, Text]]:
    """Oneself, nobody, and everybody who may."""
    who = [one for one in identity.staff_of_shop(visitor.shop.id) if one.may(Permission.LEDGER_ADJUST)]
    others = [(one.actor, one.username) for one in who if one.actor != visitor.actor]
    return [(visitor.actor, _("我")), (NOBODY, _("没有人")), *others]


def machine_choices(_visitor: Visitor) -> list[tuple[str, Text]]:
    """How far the machine is."""
    return [(key, text) for key, (text, _tone) in words.MACHINE.items()]


def figures_card(visitor: Visitor) -> SafeString:
    """What is at stake, by kind; how old; how much of it needs nobody."""
    now, shop_id = utc_now(), visitor.shop.id
    rows, figures = recon.category_rows(shop_id, now), recon.case_figures(shop_id, now)
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.currency] = sums.get(row.currency, 0) + row.risk_minor
    return render_to_string(
        "console/cells/recon_figures.html",
        {
            "rows": [
                {"row": row, "word": words.word(words.CATEGORIES, row.category), "days": (now - row.oldest_at).days,
                 "risk": Money(row.risk_minor, row.currency)}
                for row in rows
            ],
            "risks": [Money(minor, currency) for currency, minor in sorted(sums.items())],
            "count": sum(row.count for row in rows),
            "overdue": sum(row.overdue for row in rows),
            "unowned": sum(row.unowned for row in rows),
            "automatic": figures.auto_rate if sum(figures.closed.values()) else None,
            "closed": sum(figures.closed.values()),
            "days": recon.days_asked(shop_id),
        },
    )  # fmt: skip


RECON_CASES: Final = Listing(
    key="recon",
    page=PAGE,
    title=_("对账差异"),
    permission=Permission.LEDGER_VIEW,
    source=_Cases(),
    row_id=lambda row: row.case.id,
    row_name=lambda row: f"{row.case.category} {number_of(row.case)}",
    tabs=TABS,
    sorts=("risk", "opened", "closed"),
    count_limit=COUNT_LIMIT,
    above=figures_card,
    note=_("每天上午和通道、供应商的账单逐笔核对；机器能办的先办，剩下的在这里由人了结。"),
    columns=(
        Column("category", _("差异"), lambda row: words.word(words.CATEGORIES, row.case.category), show=category_link,
               first=True),
        Column("code", _("代码"), lambda row: row.case.category, "code", default=False),
        Column("risk", _("涉及金额"), risk_of, "money", sort="risk"),
        Column("account", _("账户"), lambda row: f"{words.word(words.AREAS, row.case.area)} {row.case.account}"),
        Column("day", _("账单日"), lambda row: row.case.day.isoformat()),
        Column("number", _("单号"), lambda row: number_of(row.case), "code"),
        Column("state", _("状态"), lambda row: words.pair(words.STATES, row.case.state), "badge"),
        Column("machine", _("自动处理"), lambda row: words.pair(words.MACHINE, row.case.action_state), "badge"),
        Column("owner", _("处理人"), lambda row: row.owner),
        Column("due", _("最晚"), lambda row: row.case.due_at, "time", due_html),
        Column("age", _("天数"), age_of, "number", sort="opened"),
        Column("opened", _("发现时间"), lambda row: row.case.opened_at, "time", default=False),
        Column("reason", _("原因"), lambda row: words.word(words.NOTES, row.case.reason), default=False),
        Column("closed", _("了结时间"), lambda row: row.case.closed_at, "time", default=False, sort="closed"),
    ),
    filters=(
        Filter("category", _("差异"), "choice", category_choices),
        Filter("account", _("账户"), "choice", account_choices),
        Filter("owner", _("处理人"), "choice", owner_choices),
        Filter("key", _("单号"), hint=_("完整的我方或对方单号")),
        Filter("area", _("范围"), "choice", _choices(words.AREAS), folded=True),
        Filter("machine", _("自动处理"), "choice", machine_choices, folded=True),
        Filter("overdue", _("超时"), "choice", _choices(words.OVERDUE), folded=True),
        Filter("risk", _("涉及金额"), "money", folded=True),
        Filter("day", _("账单日"), "days", folded=True),
    ),
    acts=(
        Act("take", _("由我处理"), _("由你处理这 {n} 个差异？"), Permission.LEDGER_ADJUST, _take),
        Act("close", _("了结"), _("了结这 {n} 个差异？了结后不会再打开。"), Permission.LEDGER_ADJUST, _close,
            asks=_("为什么可以了结"), dangerous=True),
    ),
    export_permission=Permission.LEDGER_VIEW,
)  # fmt: skip
