"""The queue of claims: what waits for somebody, by the time that was promised, and all that is over."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.operations.decide_case import decide_case
from goodfor.aftersales.queries import CaseSearch, DeskCase
from goodfor.aftersales.states import LIVE, PERSON, REMEDIES
from goodfor.console import claim_money
from goodfor.console import claim_words as words
from goodfor.console.columns import Text
from goodfor.console.desk.sku_names import sku_names
from goodfor.console.listing.spec import (
    ALL_TAB,
    Act,
    ActContext,
    ActField,
    ActForm,
    Asked,
    Column,
    Filter,
    Listing,
    Tab,
)
from goodfor.console.refund_words import today_words
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.kit import writing
from goodfor.orders import queries as orders
from goodfor.orders.deciding import decided_by
from goodfor.orders.errors import OrderNotFound
from goodfor.supply import queries as supply

NOBODY: Final = UUID(int=0)
OPEN_TAB: Final = "open"
TABS: Final = (
    Tab(PERSON, _("等人处理"), (PERSON,), "red"),
    Tab(OPEN_TAB, _("未结束"), tuple(sorted(LIVE)), "amber"),
    Tab("checking", _("核实中"), ("checking",)),
    Tab("asking", _("等买家补充"), ("asking",)),
    Tab("carrying", _("办理中"), ("carrying",)),
    Tab("closed", _("已结束"), ("closed",)),
    Tab(ALL_TAB, _("全部")),
)
_STATES: Final = {tab.key: tab.parts for tab in TABS}
#: Those that can be decided for many at once.
BULK: Final = ("refund", "replace", "void_refund", "reject", "ask_supplier")


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A case with the names that other rooms know."""

    case: DeskCase
    product: str
    supplier: str


def rows_of(shop_id: UUID, cases: Sequence[DeskCase]) -> list[ClaimRow]:
    """With the names of goods and suppliers."""
    names = sku_names(shop_id, list({case.sku_id for case in cases}))
    wanted = {case.supplier_id for case in cases if case.supplier_id}
    suppliers = {one.id: one.name for one in supply.suppliers(shop_id) if one.id in wanted} if wanted else {}
    return [
        ClaimRow(case, names.get(case.sku_id, ""), suppliers.get(case.supplier_id, "") if case.supplier_id else "")
        for case in cases
    ]


def search_of(asked: Asked) -> CaseSearch:
    """What the address asks of the room."""
    given, parts = asked.values, _STATES[asked.tab]
    return CaseSearch(
        states=parts,
        reason=given.get("reason", ""),
        action=given.get("action", ""),
        late=given.get("late", ""),
        decider=given.get("decider", ""),
        supplier_id=UUID(given["supplier"]) if "supplier" in given else None,
        batch_id=_uuid(given["code_batch"]) if "code_batch" in given else None,
        order_id=_order_id(asked.shop_id, given["number"]) if "number" in given else None,
        since=given.get("opened_from"),
        until=given.get("opened_until"),
        now=utc_now(),
        oldest_first=bool(parts) and "closed" not in parts,
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return NOBODY


def _order_id(shop_id: UUID, number: str) -> UUID:
    try:
        return orders.order_by_number(shop_id, number).id
    except OrderNotFound:
        return NOBODY


class _Claims:
    """Cases as the kit asks for them."""

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[ClaimRow]:
        found = aftersales.search_cases(asked.shop_id, search_of(asked), offset=offset, limit=limit)
        return rows_of(asked.shop_id, found)

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        return aftersales.count_cases(asked.shop_id, search_of(asked))

    def walk(self, asked: Asked) -> Iterator[Sequence[ClaimRow]]:
        for page in aftersales.walk_cases(asked.shop_id, search_of(asked)):
            yield rows_of(asked.shop_id, page)

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        return aftersales.search_case_ids(asked.shop_id, search_of(asked), limit=limit)

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[ClaimRow]:
        return rows_of(shop_id, aftersales.desk_cases(shop_id, ids))


# -- cells ------------------------------------------------------------------------------------------


def number_link(row: ClaimRow) -> SafeString:
    """The order's number, leading to the claim."""
    where = reverse("desk:claim", args=[row.case.id])
    return format_html('<a class="mono" href="{}">{}</a>', where, row.case.number)


def due_html(row: ClaimRow) -> SafeString:
    """What is promised by when, counting down; red once it is past."""
    return due_of(row.case, utc_now())


def due_of(case: DeskCase, now: datetime) -> SafeString:
    """The clock that runs, in words; a dash where none does."""
    due = case.due
    if due is None:
        return format_html("{}", gettext("等买家，计时暂停") if case.paused_at else "–")
    label = gettext("处理") if case.answered_at or case.decide_by <= case.answer_by else gettext("答复")
    if due <= now:
        passed = writing.seconds((now - due).total_seconds())
        text = gettext("%(what)s超时 %(span)s") % {"what": label, "span": passed}
        return format_html('<span class="badge badge-red badge-dot" title="{}">{}</span>', writing.full_time(due), text)
    return format_html(
        '<span class="countdown"><span>{}</span> <time datetime="{}" title="{}"><b data-until="{}">{}</b></time>'
        "</span>",
        label, due.isoformat(), writing.full_time(due), due.isoformat(), writing.clock_time(due),
    )  # fmt: skip


def suggestion_of(row: ClaimRow) -> str:
    """What the table would do; empty where it says nothing, or the case is over."""
    found = row.case.suggestion
    if found is None:
        return ""
    return gettext("%(what)s（第 %(n)s 行）") % {"what": words.action(found.rule.then), "n": found.row}


def decider_of(case: DeskCase) -> str:
    """Who decided: the table, or somebody."""
    return "" if not case.by else gettext("自动") if case.by == "system" else gettext("员工")


def detail_of(row: ClaimRow) -> list[tuple[Text, Any]]:
    """What folds out below a claim."""
    case = row.case
    pairs: list[tuple[Text, Any]] = [
        (_("申请时间"), writing.full_time(case.opened_at)),
        (_("答复期限"), writing.full_time(case.answer_by)),
        (_("处理期限"), writing.full_time(case.decide_by)),
    ]
    if case.said:
        pairs.append((_("为什么"), aftersales.why_plain(case.said[2])))
    if case.batch_id:
        where = f"{reverse('desk:claims')}?tab={ALL_TAB}&code_batch={case.batch_id}"
        pairs.append((_("批次"), format_html('<a href="{}">{}</a>', where, gettext("看这一批的售后"))))
    return pairs


# -- filters, acts ----------------------------------------------------------------------------------


def _choices(named: Mapping[str, Text]) -> Any:
    return lambda _visitor: list(named.items())


def supplier_choices(visitor: Visitor) -> list[tuple[str, Text]]:
    """The shop's suppliers."""
    return [(str(one.id), one.name) for one in supply.suppliers(visitor.shop.id)]


def decider_choices(visitor: Visitor) -> list[tuple[str, Text]]:
    """The table, anybody of the staff, oneself."""
    return [("system", _("自动")), ("staff", _("员工")), (visitor.actor, _("我"))]


def _read(typed: Mapping[str, str], _visitor: Visitor) -> dict[str, Any]:
    if typed.get("action") not in BULK:
        raise InvalidInput(_("没有这个操作"))
    return {"action": typed["action"], "proven": typed.get("proven") == "yes" and typed["action"] in REMEDIES}


def _preview(row: ClaimRow, values: Mapping[str, Any]) -> tuple[Any, Any, Text]:
    state = words.state(row.case.state)[0]
    problem = "" if row.case.state in (PERSON, "checking", "asking") else gettext("现在不能处理，会跳过")
    money = f" {writing.plain_money(row.case.amount)}" if "refund" in values["action"] else ""
    return state, words.action(values["action"]) + money, problem


def _sums(visitor: Visitor, ids: Sequence[UUID], values: Mapping[str, Any]) -> list[str]:
    return claim_money.sums(aftersales.desk_cases(visitor.shop.id, ids), values.get("action", ""))


def _decide(context: ActContext, case_id: UUID) -> None:
    decide_case(
        shop_id=context.shop_id,
        case_id=case_id,
        action=context.values["action"],
        note=context.note,
        proven=context.values["proven"],
        actor=context.actor,
        # Asked for when the batch was confirmed: the act is dangerous.
        by=decided_by(context.actor, by_staff=True, proven=True),
        now=context.now,
    )


def figures_card(visitor: Visitor) -> SafeString:
    """How the latest claims went."""
    return render_to_string("console/cells/claim_figures.html", {"figures": aftersales.claim_figures(visitor.shop.id)})


CLAIMS: Final = Listing(
    key="claims",
    page="desk:claims",
    title=_("售后工单"),
    permission=Permission.ORDERS_VIEW,
    source=_Claims(),
    row_id=lambda row: row.case.id,
    row_name=lambda row: row.case.number,
    tabs=TABS,
    detail=detail_of,
    above=figures_card,
    columns=(
        Column("number", _("订单号"), lambda row: row.case.number, "code", number_link, first=True),
        Column("due", _("倒计时"), lambda row: row.case.due, "time", due_html),
        Column("product", _("商品"), lambda row: row.product),
        Column("reason", _("原因"), lambda row: words.reason(row.case.reason)),
        Column("units", _("数量"), lambda row: row.case.units, "number"),
        Column("amount", _("金额"), lambda row: row.case.amount, "money"),
        Column("state", _("状态"), lambda row: words.state(row.case.state), "badge"),
        Column("suggestion", _("建议"), suggestion_of),
        Column("action", _("处理结果"), lambda row: words.action(row.case.action) if row.case.action else ""),
        Column("decider", _("谁处理的"), lambda row: decider_of(row.case)),
        Column("opened", _("申请时间"), lambda row: row.case.opened_at, "time"),
        Column("decided", _("处理时间"), lambda row: row.case.decided_at, "time", default=False),
        Column("rating", _("评分"), lambda row: row.case.rating, "number", default=False),
        Column("supplier", _("供应商"), lambda row: row.supplier, default=False, permission=Permission.SUPPLY_VIEW),
    ),
    filters=(
        Filter("number", _("订单号")),
        Filter("reason", _("原因"), "choice", _choices(words.REASONS)),
        Filter("late", _("超时"), "choice", _choices(words.LATE)),
        Filter("decider", _("谁处理的"), "choice", decider_choices),
        Filter("action", _("处理结果"), "choice", _choices(words.ACTIONS), folded=True),
        Filter("supplier", _("供应商"), "choice", supplier_choices, folded=True, permission=Permission.SUPPLY_VIEW),
        Filter("code_batch", _("批次"), folded=True),
        Filter("opened", _("申请时间"), "days", folded=True),
    ),
    acts=(
        Act("decide", _("批量处理"), _("一起处理 {n} 张售后工单？处理后不能撤销。"), Permission.CLAIMS_DECIDE, _decide,
            asks=_("给买家的说明"), dangerous=True, remarks=today_words, sums=_sums,
            form=ActForm((
                ActField("action", _("怎么处理"), tuple((key, words.ACTIONS[key]) for key in BULK)),
                ActField("proven", _("卡密确实是坏的"), (("no", _("没有证实")), ("yes", _("已证实"))),
                         _("证实后计入批次坏码，并按承诺赔付、向供应商追偿")),
            ), _read, _preview)),
    ),
    export_permission=Permission.ORDERS_EXPORT,
)  # fmt: skip
