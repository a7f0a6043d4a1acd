"""Words for the engine's reasons and parts."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from goodfor.risk import failing, pieces, pipeline

#: Reason codes of decisions; the codes of rules have the words of their rules.
REASONS: Final[Mapping[str, Any]] = {
    pipeline.IMMUTABLE: _("在不可覆盖的黑名单上"),
    pipeline.BLOCKED: _("在黑名单上"),
    pipeline.ALLOWED: _("在白名单上"),
    pipeline.WATCHED: _("在观察名单上"),
    pipeline.SCORED: _("模型评分偏高"),
    pipeline.SAMPLE: _("抽样：本应拒绝，改为暂缓发货并人工复核"),
    failing.REASON: _("风控有部分未能及时应答，按场景的兜底策略处理"),
}
PARTS: Final[Mapping[str, Any]] = {
    pieces.EVENT: _("事件记录"),
    pieces.VELOCITIES: _("频次统计"),
    pieces.ENRICH: _("画像补充"),
    pieces.MODEL: _("模型"),
    pieces.RULES: _("规则与名单"),
    pieces.DECISION: _("决策落库"),
}
