"""What the model is doing, in words for the staff."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.risk.model import drift, scoring, states
from goodfor.risk.model.groups import SCENES, WORDS

STATE_WORDS: Final = {
    states.CANDIDATE: gettext_lazy("候选"),
    states.SHADOW: gettext_lazy("影子运行"),
    states.CHAMPION: gettext_lazy("正在使用"),
    states.RETIRED: gettext_lazy("已退役"),
}
TROUBLE_WORDS: Final = {
    scoring.NO_LIBRARY: gettext_lazy("本机无法加载 LightGBM，只按规则判断"),
    scoring.OLD_FEATURES: gettext_lazy("模型按旧的特征训练，只按规则判断，请重新训练"),
    scoring.DAMAGED: gettext_lazy("模型文件损坏，按各场景的故障办法处理"),
}
DRIFT_WORDS: Final = {
    drift.STEADY_WORD: gettext_lazy("稳定"),
    drift.MOVED_WORD: gettext_lazy("有变化"),
    drift.CHANGED_WORD: gettext_lazy("变化很大"),
}
RULES_ONLY: Final = gettext_lazy("没有模型，只按规则判断")


@dataclass(frozen=True, slots=True)
class ModelState:
    """What scores one kind of act. `words` are for people; `rules_only`: no score is given."""

    group: str
    group_words: str
    rules_only: bool
    words: str
    champion: int | None
    challenger: int | None


def model_state(shop_id: UUID) -> tuple[ModelState, ...]:
    """One a kind of act; a shop without any model has rules only, and is told so."""
    found: list[ModelState] = []
    for group in SCENES:
        held = scoring.serving(shop_id, group)
        champion: Any = held.champion
        words = _("由模型 %(number)s 评分") % {"number": champion.number} if champion else str(
            TROUBLE_WORDS.get(held.trouble, RULES_ONLY)
        )  # fmt: skip
        found.append(
            ModelState(
                group, str(WORDS[group]), champion is None, words, champion.number if champion else None,
                held.challenger.number if held.challenger else None,
            )
        )  # fmt: skip
    return tuple(found)
