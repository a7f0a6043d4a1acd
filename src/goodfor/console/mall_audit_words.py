"""Words of the audit trail for the mall; a part of `audit_words`."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy as _

from goodfor.console.columns import Text

ACTIONS: Final[Mapping[str, Text]] = {
    "mall_reward_made": _("audit", "新建兑换商品"),
    "mall_reward_changed": _("audit", "修改兑换商品"),
    "mall_reward_on": _("audit", "上架兑换商品"),
    "mall_reward_off": _("audit", "下架兑换商品"),
    "mall_draw_made": _("audit", "新建抽奖"),
    "mall_draw_changed": _("audit", "修改抽奖"),
    "mall_draw_on": _("audit", "公布抽奖"),
    "mall_draw_off": _("audit", "停止抽奖"),
}
SUBJECTS: Final[Mapping[str, Text]] = {
    "mall_reward": _("audit", "兑换商品"),
    "mall_draw": _("audit", "抽奖"),
}
