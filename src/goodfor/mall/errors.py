"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound


class RewardNotFound(NotFound):
    """No such reward in this shop, or none that this member may see."""

    code = "reward_not_found"
    title = _("没有这件兑换商品")


class RewardClosed(Conflict):
    """It is off, not open yet, or over; or its goods are not on sale."""

    code = "reward_closed"
    title = _("这件商品现在不能兑换")


class RewardChanged(Conflict):
    """It costs other points, or other money, than the page has shown."""

    code = "reward_changed"
    title = _("兑换所需的积分或金额变了")


class RewardGone(Conflict):
    """All pieces are taken."""

    code = "reward_gone"
    title = _("已经兑完了")


class RewardLimit(Conflict):
    """The member has had as many as one may have; `limit` in `period`."""

    code = "reward_limit"
    title = _("已达到兑换上限")


class TierTooLow(Forbidden):
    """For members of a higher tier; `tier` is its name."""

    code = "tier_too_low"
    title = _("会员等级还不够")


class InvalidReward(InvalidInput):
    """A reward that cannot be; `field` names what of it."""

    code = "invalid_reward"
    title = _("兑换商品的设置不正确")


class DrawNotFound(NotFound):
    """No such draw in this shop, or none that is shown."""

    code = "draw_not_found"
    title = _("没有这个抽奖活动")


class DrawClosed(Conflict):
    """It is off, not open yet, or over."""

    code = "draw_closed"
    title = _("抽奖还没开始，或已经结束")


class NoPlaysLeft(Conflict):
    """As many plays as a member has on a day; `limit`."""

    code = "no_plays_left"
    title = _("今天的抽奖次数用完了")


class InvalidDraw(InvalidInput):
    """A draw that cannot be; `field` names what of it."""

    code = "invalid_draw"
    title = _("抽奖的设置不正确")


class DrawKept(Conflict):
    """It has been on: what was announced stays."""

    code = "draw_kept"
    title = _("抽奖公布以后，规则和奖品不能再改")
