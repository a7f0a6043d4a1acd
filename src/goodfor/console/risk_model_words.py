"""Words of models, trainings, labels, doors and planted codes on the desk: labels, never keys."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from goodfor.console.columns import Text
from goodfor.kernel.errors import DomainError
from goodfor.risk.model import drift, states

STATE_TONES: Final = {
    states.CANDIDATE: "plain", states.SHADOW: "amber", states.CHAMPION: "green", states.RETIRED: "plain",
}  # fmt: skip
TRAINING_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    states.WAITING: (gettext_lazy("排队中"), "plain"),
    states.RUNNING: (gettext_lazy("训练中"), "amber"),
    states.DONE: (gettext_lazy("已完成"), "green"),
    states.BROKEN: (gettext_lazy("没有完成"), "red"),
}
PHASES: Final[Mapping[str, Text]] = {
    states.READING: gettext_lazy("读取判断"),
    states.LEARNING: gettext_lazy("训练"),
    states.JUDGING: gettext_lazy("检验"),
    states.EARLIER: gettext_lazy("用更早的时间段复验"),
}
PROBLEMS: Final[Mapping[str, Text]] = {
    states.TOO_FEW: gettext_lazy("已知结果的操作还不够"),
    states.NO_LIBRARY: gettext_lazy("运行后台任务的机器无法加载 LightGBM（缺 libgomp？）"),
    states.TOO_LONG: gettext_lazy("超过 20 分钟，已停止"),
    states.TOO_LARGE: gettext_lazy("内存不够，已停止"),
    states.STOPPED: gettext_lazy("有人停止了它"),
    states.FAILED: gettext_lazy("训练出错，可以再试一次"),
}
#: What a training needs, by `readiness.Part` and by the names that a training counts by.
PARTS: Final[Mapping[str, Text]] = {
    "learn_bad": gettext_lazy("用来学的欺诈"),
    "learn_good": gettext_lazy("用来学的正常"),
    "judge_bad": gettext_lazy("用来检验的欺诈"),
    "judge_good": gettext_lazy("用来检验的正常"),
    "to learn from, bad": gettext_lazy("用来学的欺诈"),
    "to learn from, good": gettext_lazy("用来学的正常"),
    "to judge by, bad": gettext_lazy("用来检验的欺诈"),
    "to judge by, good": gettext_lazy("用来检验的正常"),
    "features": gettext_lazy("有区别的特征"),
}
DRIFT_TONES: Final = {drift.STEADY_WORD: "green", drift.MOVED_WORD: "amber", drift.CHANGED_WORD: "red"}
#: What can be wrong with what was typed, by the field's name.
FIELDS: Final[Mapping[str, Text]] = {
    "group": gettext_lazy("没有这类操作"),
    "delay_days": gettext_lazy("等结果的天数为 1 到 180"),
    "test_days": gettext_lazy("检验的天数为 1 到 180"),
    "reason": gettext_lazy("请填写原因，最多 200 个字"),
    "what": gettext_lazy("没有这个订单或判断"),
    "bad": gettext_lazy("请选择是欺诈还是正常"),
    "count": gettext_lazy("数量为 1 到 100"),
    "codes": gettext_lazy("请填写数量和原因"),
    "batch": gettext_lazy("请选择批次"),
    "free": gettext_lazy("这个批次没有这么多可售的卡密"),
}


def wrong(error: DomainError) -> str:
    """What is wrong, in words: of a field where it is one, else of the whole."""
    field = str(error.data.get("field", ""))
    return str(FIELDS[field]) if field in FIELDS and not error.message else str(error.detail)


def days(count: float) -> str:
    """`7 天`."""
    return ngettext("%(n)d 天", "%(n)d 天", round(count)) % {"n": round(count)}


def delay(low: float | None, high: float | None) -> str:
    """A span of delays in hours, of which either end may be open."""
    if low is None:
        return _("不到 %(high)s") % {"high": _span(high or 0)}
    return _("%(low)s以上") % {"low": _span(low)} if high is None else f"{_span(low)} – {_span(high)}"


def _span(hours: float) -> str:
    if hours >= 24:
        return days(hours / 24)
    return ngettext("%(n)d 小时", "%(n)d 小时", round(hours)) % {"n": round(hours)}
