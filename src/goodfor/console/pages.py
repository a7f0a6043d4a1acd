"""The pages of the side menu, as data: a page stands here with one line, and with one in urls.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission


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


#: Jobs of a shop, in the order in which they are done.
GROUPS: Final[tuple[tuple[str, Text], ...]] = (
    ("overview", _("总览")),
    ("goods", _("商品")),
    ("codes", _("卡密")),
    ("orders", _("订单")),
    ("payments", _("支付")),
    ("buyers", _("买家")),
    ("ledger", _("账本")),
    ("messages", _("消息")),
    ("settings", _("设置")),
    ("audit", _("审计")),
    ("jobs", _("任务")),
)

PAGES: Final[tuple[Page, ...]] = (
    Page("desk:overview", _("总览"), "bars", Permission.ORDERS_VIEW, "overview"),
    Page("desk:window", _("店铺首页"), "home", Permission.CATALOG_EDIT, "goods"),
    Page("desk:orders", _("全部订单"), "list", Permission.ORDERS_VIEW, "orders"),
    Page("desk:payments", _("支付流水"), "wallet", Permission.PAYMENTS_VIEW, "payments"),
    Page("desk:cases", _("异常单"), "warning", Permission.PAYMENTS_VIEW, "payments"),
    Page("desk:buyers", _("买家查询"), "people", Permission.BUYERS_VIEW, "buyers"),
    Page("desk:ledger", _("试算平衡"), "book", Permission.LEDGER_VIEW, "ledger"),
    Page("desk:exports", _("导出记录"), "download", Permission.ORDERS_VIEW, "jobs"),
    Page("desk:batches", _("批量任务"), "check", Permission.ORDERS_VIEW, "jobs"),
    Page("console:index", _("数据浏览"), "grid", Permission.AUDIT_VIEW, "audit", owner_only=True),
)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry as one visitor sees it."""

    key: str
    label: Text
    icon: str
    href: str


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A job and its pages."""

    key: str
    label: Text
    items: Sequence[MenuItem]


def menu_for(visitor: Visitor) -> list[MenuGroup]:
    """What the visitor may open."""
    groups = []
    for key, title in GROUPS:
        items = [
            MenuItem(page.name, page.title, page.icon, reverse(page.name))
            for page in PAGES
            if page.group == key and visitor.may(page.permission) and not (page.owner_only and not _is_owner(visitor))
        ]
        if items:
            alone = len(items) == 1 and items[0].label == title
            groups.append(MenuGroup(key, "" if alone else title, items))
    return groups


def page_named(name: str) -> Page | None:
    """The page with that URL name."""
    return next((page for page in PAGES if page.name == name), None)


def _is_owner(visitor: Visitor) -> bool:
    return visitor.staff.role == "owner"
