"""The pages of the side menu, as data: a page stands here with one line, and with one in urls.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodfor.aftersales import queries as aftersales
from goodfor.cards import queries as cards
from goodfor.console.columns import Text
from goodfor.console.types import Visitor
from goodfor.console.wish_queries import wishes_waiting
from goodfor.identity.types import Permission
from goodfor.invoices import queries as invoices
from goodfor.kernel.sql import Tally, tallies
from goodfor.partners import queries as partners
from goodfor.promotions import queries as promotions
from goodfor.recon import queries as recon
from goodfor.referrals import queries as referrals
from goodfor.risk import review_queries, rule_queries
from goodfor.settlement import queries as settlement
from goodfor.supply import queries as supply
from goodfor.welfare import queries as welfare


@dataclass(frozen=True, slots=True)
class Page:
    """An entry of the menu. `name` is its URL's name; `permission` decides who sees it, as the page itself does."""

    name: str
    title: Text
    icon: str
    permission: str
    group: str
    #: Only for owners: the data browser.
    owner_only: bool = False
    #: How many things of a shop wait for a person there; asked on every page, all in one statement.
    waiting: Tally | None = None


#: Jobs of a shop, in the order in which they are done.
GROUPS: Final[tuple[tuple[str, Text], ...]] = (
    ("overview", _("总览")),
    ("insights", _("数据")),
    ("goods", _("商品")),
    ("codes", _("卡密")),
    ("supply", _("供货")),
    ("orders", _("订单")),
    ("claims", _("售后")),
    ("risk", _("风控")),
    ("payments", _("支付")),
    ("buyers", _("买家")),
    ("points", _("会员与积分")),
    ("recon", _("对账")),
    ("finance", _("核算")),
    ("settlement", _("结算")),
    ("ledger", _("账本")),
    ("messages", _("消息")),
    ("settings", _("设置")),
    ("audit", _("审计")),
    ("jobs", _("任务")),
)

PAGES: Final[tuple[Page, ...]] = (
    Page("desk:overview", _("总览"), "bars", Permission.ORDERS_VIEW, "overview"),
    Page("desk:insights", _("经营看板"), "bars", Permission.INSIGHTS_VIEW, "insights"),
    Page("desk:insights-brief", _("每日简报"), "calendar", Permission.INSIGHTS_VIEW, "insights"),
    Page("desk:insights-tops", _("排行榜"), "sort", Permission.INSIGHTS_VIEW, "insights"),
    Page("desk:insights-stock", _("备货建议"), "box", Permission.INSIGHTS_VIEW, "insights"),
    Page("desk:insights-cohorts", _("买家留存"), "people", Permission.INSIGHTS_VIEW, "insights"),
    Page("desk:insights-funnel", _("转化漏斗"), "filter", Permission.INSIGHTS_VIEW, "insights"),
    Page("desk:insights-health", _("供货与风控"), "shield", Permission.INSIGHTS_VIEW, "insights"),
    Page("desk:insights-reports", _("定时报表"), "mail", Permission.INSIGHTS_VIEW, "insights"),
    Page("desk:code-batches", _("卡密批次"), "ticket", Permission.STOCK_VIEW, "codes"),
    Page("desk:code-stock", _("库存"), "bars", Permission.STOCK_VIEW, "codes"),
    Page("desk:code-import", _("导入卡密"), "upload", Permission.CODES_IMPORT, "codes"),
    Page("desk:code-find", _("查卡密"), "search", Permission.CODES_QUARANTINE, "codes"),
    Page("desk:products", _("商品"), "grid", Permission.CATALOG_VIEW, "goods"),
    Page("desk:skus", _("规格与库存"), "ticket", Permission.CATALOG_VIEW, "goods"),
    Page("desk:categories", pgettext_lazy("menu", "分类"), "list", Permission.CATALOG_VIEW, "goods"),
    Page("desk:window", _("店铺首页"), "home", Permission.CATALOG_EDIT, "goods"),
    Page("desk:window-pages", _("场景页"), "image", Permission.CATALOG_EDIT, "goods"),
    Page("desk:bundles", _("组合"), "gift", Permission.PROMOTIONS_VIEW, "goods"),
    Page("desk:campaigns", _("营销活动"), "tag", Permission.PROMOTIONS_VIEW, "goods", waiting=promotions.in_review),
    Page("desk:cards", _("礼品卡"), "ticket", Permission.CARDS_VIEW, "goods", waiting=cards.waiting),
    Page("desk:welfare", _("企业福利"), "people", Permission.WELFARE_VIEW, "goods", waiting=welfare.invoices_waiting),
    Page("desk:plans", _("订阅方案"), "calendar", Permission.SUBSCRIPTIONS_VIEW, "goods"),
    Page("desk:subscriptions", _("买家的订阅"), "refresh", Permission.SUBSCRIPTIONS_VIEW, "goods"),
    Page("desk:suppliers", _("全部供应商"), "box", Permission.SUPPLY_VIEW, "supply"),
    Page("desk:purchases", _("采购单"), "list", Permission.SUPPLY_VIEW, "supply"),
    Page("desk:supply-desk", _("结果未知"), "warning", Permission.SUPPLY_VIEW, "supply", waiting=supply.undecided),
    Page("desk:supply-watch", _("价格与库存"), "line", Permission.SUPPLY_VIEW, "supply"),
    Page("desk:supply-match", _("匹配建议"), "search", Permission.SUPPLY_VIEW, "supply"),
    Page("desk:supply-trials", _("路由试算"), "bars", Permission.SUPPLY_VIEW, "supply"),
    Page("desk:orders", _("全部订单"), "list", Permission.ORDERS_VIEW, "orders"),
    Page("desk:claims", _("售后工单"), "undo", Permission.ORDERS_VIEW, "claims", waiting=aftersales.for_people),
    Page("desk:claim-rules", _("售后决策表"), "list", Permission.ORDERS_VIEW, "claims"),
    Page("desk:promises", _("售后承诺"), "shield", Permission.CATALOG_VIEW, "claims"),
    Page(
        "desk:claim-money",
        _("赔付与追偿"),
        "gift",
        Permission.LEDGER_VIEW,
        "claims",
        waiting=aftersales.hand_count,
    ),
    Page("desk:supply-accounts", _("账户与对账"), "book", Permission.LEDGER_VIEW, "supply"),
    Page("desk:risk", _("风控总览"), "shield", Permission.RISK_VIEW, "risk"),
    Page("desk:risk-decisions", _("实时决策"), "bolt", Permission.RISK_VIEW, "risk"),
    Page(
        "desk:risk-reviews",
        _("人工审核"),
        "eye",
        Permission.RISK_VIEW,
        "risk",
        waiting=review_queries.waiting_reviews,
    ),
    Page("desk:risk-rules", _("风控规则"), "list", Permission.RISK_VIEW, "risk"),
    Page(
        "desk:risk-changes",
        _("待批准的更改"),
        "people",
        Permission.RISK_VIEW,
        "risk",
        waiting=rule_queries.waiting_proposals,
    ),
    Page("desk:export-wishes", _("导出审批"), "download", Permission.RISK_REVIEW, "risk", waiting=wishes_waiting),
    Page("desk:risk-lists", pgettext_lazy("risk", "名单"), "book", Permission.RISK_VIEW, "risk"),
    Page("desk:risk-models", _("风控模型"), "line", Permission.RISK_VIEW, "risk"),
    Page("desk:risk-labels", _("结果标记"), "tag", Permission.RISK_VIEW, "risk"),
    Page("desk:risk-doors", _("入口防护"), "lock", Permission.RISK_VIEW, "risk"),
    Page("desk:risk-traps", _("诱饵与金丝雀"), "bell", Permission.RISK_VIEW, "risk"),
    Page("desk:payments", _("支付流水"), "wallet", Permission.PAYMENTS_VIEW, "payments"),
    Page("desk:cases", _("异常单"), "warning", Permission.PAYMENTS_VIEW, "payments"),
    Page("desk:bills", _("通道账单"), "book", Permission.PAYMENTS_VIEW, "payments"),
    Page("desk:splits", _("分账"), "people", Permission.PAYMENTS_VIEW, "payments"),
    Page(
        "desk:referrals",
        _("邀请奖励"),
        "gift",
        Permission.RISK_VIEW,
        "buyers",
        waiting=referrals.waiting_reviews,
    ),
    Page("desk:buyers", _("买家查询"), "people", Permission.BUYERS_VIEW, "buyers"),
    Page("desk:points", _("积分"), "wallet", Permission.POINTS_VIEW, "points"),
    Page("desk:tiers", pgettext_lazy("menu", "等级"), "bars", Permission.POINTS_VIEW, "points"),
    Page("desk:mall", _("积分商城"), "gift", Permission.MALL_VIEW, "points"),
    Page("desk:mall-redeemed", _("兑换记录"), "list", Permission.MALL_VIEW, "points"),
    Page("desk:draws", _("抽奖"), "ticket", Permission.MALL_VIEW, "points"),
    Page("desk:tasks", pgettext_lazy("menu", "任务"), "list", Permission.POINTS_VIEW, "points"),
    Page("desk:partners", _("积分合作方"), "people", Permission.POINTS_VIEW, "points", waiting=partners.waiting),
    Page("desk:points-owed", _("积分负债"), "book", Permission.LEDGER_VIEW, "points"),
    Page("desk:profits", _("订单利润"), "line", Permission.LEDGER_VIEW, "finance"),
    Page("desk:finance-parties", _("结算方"), "people", Permission.LEDGER_VIEW, "finance"),
    Page("desk:finance-agreements", _("分账协议"), "tag", Permission.LEDGER_VIEW, "finance"),
    Page("desk:finance-contracts", _("供货合同"), "file", Permission.LEDGER_VIEW, "finance"),
    Page("desk:finance-taxes", _("税率与费率"), "list", Permission.LEDGER_VIEW, "finance"),
    Page("desk:settlement", _("结算周期"), "clock", Permission.LEDGER_VIEW, "settlement"),
    Page(
        "desk:settlement-statements",
        _("结算单"),
        "book",
        Permission.LEDGER_VIEW,
        "settlement",
        waiting=settlement.waiting,
    ),
    Page("desk:settlement-payouts", _("打款"), "wallet", Permission.LEDGER_VIEW, "settlement"),
    Page("desk:ledger", _("试算平衡"), "book", Permission.LEDGER_VIEW, "ledger"),
    Page("desk:invoices", _("发票"), "file", Permission.INVOICES_VIEW, "ledger", waiting=invoices.waiting),
    Page("desk:invoice-vat", _("增值税汇总"), "bars", Permission.INVOICES_VIEW, "ledger"),
    Page("desk:book-income", _("利润表"), "line", Permission.LEDGER_VIEW, "ledger"),
    Page("desk:book-months", _("会计期间"), "lock", Permission.LEDGER_VIEW, "ledger"),
    Page("desk:book-files", _("账本导出"), "download", Permission.LEDGER_VIEW, "ledger"),
    Page("desk:recon", _("对账差异"), "warning", Permission.LEDGER_VIEW, "recon", waiting=recon.waiting_cases),
    Page("desk:recon-days", _("日对账单"), "check", Permission.LEDGER_VIEW, "recon", waiting=recon.days_asked),
    Page("desk:settings-shop", _("店铺设置"), "store", Permission.SHOP_CONFIGURE, "settings"),
    Page("desk:channels", _("收款通道"), "plug", Permission.PAYMENTS_CONFIGURE, "settings"),
    Page("desk:invoice-issuer", _("开票账户"), "file", Permission.SHOP_CONFIGURE, "settings"),
    Page("desk:staff", _("成员"), "people", Permission.STAFF_VIEW, "settings"),
    Page("desk:clients", _("API 客户端"), "key", Permission.API_CLIENTS_VIEW, "settings"),
    Page("desk:signin-apps", _("买家登录方式"), "me", Permission.SHOP_CONFIGURE, "settings"),
    Page("desk:keys", _("加密密钥"), "lock", Permission.KEYS_ROTATE, "settings"),
    Page("desk:audit", _("操作记录"), "history", Permission.AUDIT_VIEW, "audit"),
    Page("desk:audit-check", _("核对记录"), "shield", Permission.AUDIT_VIEW, "audit"),
    Page("desk:jobs", _("后台任务"), "gear", Permission.AUDIT_VIEW, "jobs"),
    Page("desk:start", _("开店引导"), "store", Permission.SHOP_CONFIGURE, "settings"),
    Page("desk:demo", _("示例数据"), "gift", Permission.SHOP_CONFIGURE, "settings"),
    Page("desk:messages", _("发送记录"), "list", Permission.ORDERS_VIEW, "messages"),
    Page("desk:message-templates", _("消息模板"), "mail", Permission.SHOP_CONFIGURE, "messages"),
    Page("desk:message-matrix", _("通知开关"), "power", Permission.SHOP_CONFIGURE, "messages"),
    Page("desk:message-channels", _("发送通道"), "plug", Permission.SHOP_CONFIGURE, "messages"),
    Page("desk:message-staff", _("员工提醒"), "bell", Permission.SHOP_CONFIGURE, "messages"),
    Page("desk:exports", _("导出记录"), "download", Permission.ORDERS_VIEW, "jobs"),
    Page("desk:batches", _("批量任务"), "check", Permission.ORDERS_VIEW, "jobs"),
    Page("desk:supply-files", _("文件供货"), "file", Permission.SUPPLY_VIEW, "supply"),
    Page("desk:supply-health", _("供应商表现"), "line", Permission.SUPPLY_VIEW, "supply"),
    Page("console:index", _("数据浏览"), "grid", Permission.AUDIT_VIEW, "audit", owner_only=True),
)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry as one visitor sees it."""

    key: str
    label: Text
    icon: str
    href: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A job and its pages."""

    key: str
    label: Text
    items: Sequence[MenuItem]


@cache
def _address_of(name: str) -> str:
    return reverse(name)


def menu_for(visitor: Visitor) -> list[MenuGroup]:
    """What the visitor may open."""
    owner = _is_owner(visitor)
    open_ = [page for page in PAGES if visitor.may(page.permission) and (owner or not page.owner_only)]
    counts = tallies(visitor.shop.id, (page.waiting for page in open_ if page.waiting is not None))
    groups = []
    for key, title in GROUPS:
        items = [
            MenuItem(
                page.name, page.title, page.icon, _address_of(page.name),
                0 if page.waiting is None else counts[page.waiting],
            )
            for page in open_
            if page.group == key
        ]  # fmt: skip
        if items:
            alone = len(items) == 1 and items[0].label == title
            groups.append(MenuGroup(key, "" if alone else title, items))
    return groups


def page_named(name: str) -> Page | None:
    """The page with that URL name."""
    return next((page for page in PAGES if page.name == name), None)


def _is_owner(visitor: Visitor) -> bool:
    return visitor.staff.role == "owner"
