"""What can be wrong with groups and bargains."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound

#: Outcomes of a choice for which what it costs without it is no more, and those that mean that it is over.
_DEARER: Final = frozenset({"nothing", "better", "activity"})
_OVER: Final = frozenset({"used_up", "window", "budget", "choice"})


class GroupNotFound(NotFound):
    """No such group in this shop."""

    code = "group_not_found"
    title = _("找不到这个团")


class GroupOver(Conflict):
    """It has formed, failed, or its time is over: nobody joins it any more."""

    code = "group_over"
    title = _("这个团已经结束")


class AlreadyInGroup(Conflict):
    """The buyer has a place in it."""

    code = "already_in_group"
    title = _("你已在这个团里")


class GroupRunning(Conflict):
    """One group of a campaign at a time for each person."""

    code = "group_running"
    title = _("你已发起过一个团，成团或结束后才能再发起")


class TooManyPieces(InvalidInput):
    """More pieces in one order than the play allows."""

    code = "too_many_pieces"
    title = _("超过本活动每单可买的件数")


class PlayNotFound(NotFound):
    """The campaign is none of this kind, or not running."""

    code = "play_not_found"
    title = _("活动不存在或已结束")


class ChoiceGone(Conflict):
    """The price of the group or bargain cannot be had any more."""

    code = "choice_gone"
    title = _("活动价已不可用")


class ChoiceDearer(ChoiceGone):
    """Without the group or bargain the buyer pays no more."""

    code = "choice_dearer"
    title = _("现在直接买不比活动价贵")


class ChoiceNotFor(ChoiceGone):
    """The price of the group or bargain is not for this order: its buyer, its goods, what stands beside it."""

    code = "choice_not_for"
    title = _("活动价不适用于这一单")


def choice_failed(why: str) -> ChoiceGone:
    """What to raise where a choice has not made the price; `why`: its outcome, `scope` where it has none."""
    kind = ChoiceDearer if why in _DEARER else ChoiceGone if why in _OVER else ChoiceNotFor
    return kind(why=why)


class BargainNotFound(NotFound):
    """No such bargain in this shop."""

    code = "bargain_not_found"
    title = _("找不到这个砍价")


class BargainOver(Conflict):
    """It is used, its time is over, or its buyer is ordering at the price it has come to."""

    code = "bargain_over"
    title = _("这个砍价已经结束")


class BargainRunning(Conflict):
    """One bargain of a campaign at a time for each person."""

    code = "bargain_running"
    title = _("你已有一个进行中的砍价")


class AlreadyHelped(Conflict):
    """Each person, device and group of linked accounts helps once."""

    code = "already_helped"
    title = _("已经帮过了")


class OwnBargain(Conflict):
    """Nobody helps himself."""

    code = "own_bargain"
    title = _("不能给自己砍价")


class TooManyHelps(Conflict):
    """A person helps so many bargains of a campaign."""

    code = "too_many_helps"
    title = _("你在本活动的帮砍次数已用完")
