"""The words of splits."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text
from goodfor.payments.types import PotView

Toned = tuple[Text, str]
KINDS: Final[Mapping[str, Text]] = {"merchant": _("商户"), "person": _("个人")}
#: WeChat's words for what a receiver is to the shop; Alipay takes any.
RELATIONS: Final[Mapping[str, Text]] = {
    "PARTNER": _("合作伙伴"),
    "SUPPLIER": _("供应商"),
    "DISTRIBUTOR": _("分销商"),
    "SERVICE_PROVIDER": _("服务商"),
    "STORE": _("门店"),
    "STAFF": _("员工"),
    "STORE_OWNER": _("店主"),
    "HEADQUARTER": _("总部"),
    "BRAND": _("品牌方"),
    "USER": _("用户"),
}
RECEIVER_STATES: Final[Mapping[str, Toned]] = {
    "asked": (_("等通道确认"), "amber"),
    "bound": (_("有效"), "green"),
    "refused": (_("通道不接受"), "red"),
    "leaving": (_("正在移除"), "plain"),
    "gone": (_("已移除"), "plain"),
}
SHARE_STATES: Final[Mapping[str, Toned]] = {
    "pending": (_("进行中"), "amber"),
    "succeeded": (_("已到账"), "green"),
    "failed": (_("没有分成"), "red"),
}
#: (field, reason) -> what to do.
WRONG: Final[Mapping[tuple[str, str], Text]] = {
    ("kind", ""): _("选一种"),
    ("ref", ""): _("填写通道里的编号，不含空格"),
    ("ref", "known"): _("这个接收方已经在列表里"),
    ("ref", "too_many"): _("一次分账的接收方已到上限"),
    ("label", ""): _("起个名字，60 字以内"),
    ("name", ""): _("商户必须填写营业执照上的全称"),
    ("basis_points", ""): _("填写 0 到 100，最多两位小数"),
}


def pot_state(pot: PotView) -> Toned:
    """What is happening to a frozen payment."""
    if pot.state == "released":
        return (_("已分账"), "green") if pot.shares else (_("已解冻"), "plain")
    if pot.split_state in ("created", "requested"):
        return _("正在分账"), "amber"
    if pot.split_state == "unknown":
        return _("结果未知，正在查询"), "amber"
    if pot.due_at is None:
        return _("等人处理"), "red"
    return _("已冻结"), "plain"
