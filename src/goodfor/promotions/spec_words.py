"""Words of what a revision says: fields, effects, reasons. Lazy texts of the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

FIELDS: Final[Mapping[str, Any]] = {
    "play": _("玩法"),
    "layer": _("优惠层级"),
    "window": _("活动时间"),
    "starts_at": _("开始时间"),
    "ends_at": _("结束时间"),
    "weekdays": _("星期"),
    "hours": _("每日时段"),
    "scope": _("适用商品"),
    "everything": _("全部商品"),
    "skus": _("指定规格"),
    "products": _("指定商品"),
    "categories": _("指定类目"),
    "without_skus": _("排除规格"),
    "without_products": _("排除商品"),
    "without_categories": _("排除类目"),
    "bundles": _("包含组合内商品"),
    "effect": _("优惠内容"),
    "kind": _("优惠方式"),
    "minor": _("价格"),
    "by_sku": _("按规格定价"),
    "bp": _("折扣"),
    "off_bp": _("减去比例"),
    "tiers": _("阶梯"),
    "threshold": _("门槛"),
    "value": _("优惠值"),
    "pieces": _("件数"),
    "by_pieces": _("按件数计门槛"),
    "every": _("每满"),
    "most": _("上限"),
    "n": _("第几件"),
    "across": _("跨商品计件"),
    "sku_id": _("赠品"),
    "times_bp": _("积分倍数"),
    "plus": _("多送积分"),
    "trigger": _("触发方式"),
    "priority": _("优先级"),
    "node": _("优惠组"),
    "name": _("名称"),
    "mode": _("取舍方式"),
    "position": _("先后位置"),
    "category": _("互斥类别"),
    "stacking": _("叠加方式"),
    "channels": _("渠道"),
    "audience": _("适用人群"),
    "fact": _("条件项"),
    "op": _("比较方式"),
    "parts": _("条件"),
    "cut": _("预算不足时部分优惠"),
    "floor": _("最低毛利"),
    "loss_leader": _("允许亏损"),
    "per_order": _("每单可用张数"),
    "limits": _("限额"),
    "entity": _("限制对象"),
    "counts": _("计数方式"),
    "period": _("周期"),
    "back": _("退款时退回"),
    "play_settings": _("玩法设置"),
}


def place(path: Sequence[str | int]) -> str:
    """The names of a field from outside in; positions count from 1."""
    words: list[str] = []
    for step in path:
        if isinstance(step, int):
            words.append(_now("第 %(number)d 项") % {"number": step + 1})
        else:
            words.append(str(FIELDS.get(step, step)))
    return " › ".join(words)
