"""Words of the mall for the staff."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text
from goodfor.mall import states

REWARDS: Final[Mapping[str, tuple[Text, str]]] = {
    states.DRAFT: (_("草稿"), "plain"),
    states.ON: (_("兑换中"), "green"),
    states.OFF: (_("已下架"), "plain"),
}
DRAWS: Final[Mapping[str, tuple[Text, str]]] = {
    states.DRAFT: (_("草稿"), "plain"),
    states.ON: (_("已公布"), "green"),
    states.OFF: (_("已停止"), "plain"),
}
REDEMPTIONS: Final[Mapping[str, tuple[Text, str]]] = {
    states.TAKEN: (_("已兑换"), "green"),
    states.RETURNED: (_("已退回"), "plain"),
}
PRIZES: Final[Mapping[str, Text]] = {
    states.GOODS: _("商品"),
    states.POINTS: _("积分"),
    states.NOTHING: _("谢谢参与"),
}
PERIODS: Final[Mapping[str, Text]] = {
    states.EVER: _("一共"),
    states.DAY: _("每天"),
    states.WEEK: _("每周"),
    states.MONTH: _("每月"),
}
