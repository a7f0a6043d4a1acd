"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound


class InviteNotFound(NotFound):
    """No such invite code in this shop, or nothing is given for invitations now."""

    code = "invite_not_found"
    title = _("没有这个邀请码")


class OwnInvite(InvalidInput):
    """One's own code."""

    code = "own_invite"
    title = _("不能使用自己的邀请码")


class AlreadyInvited(Conflict):
    """Somebody else has invited this buyer, and that stays; or the buyer has bought here before."""

    code = "already_invited"
    title = _("你已经接受过邀请")


class InvalidProgramme(InvalidInput):
    """Terms that cannot be; `field` names which."""

    code = "invalid_programme"
    title = _("邀请奖励的设置不正确")


class RewardNotFound(NotFound):
    """No such reward, or nothing of that order to look at."""

    code = "referral_not_found"
    title = _("没有这笔邀请奖励")


class ReviewMoved(Conflict):
    """Somebody else has it in their hands, or it is decided."""

    code = "referral_review_moved"
    title = _("这笔邀请奖励已由其他人处理，请刷新后再看")


class SecondPerson(Forbidden):
    """This much takes a second person, who is not the first."""

    code = "referral_second_person"
    title = _("超过金额上限，需要另一位同事确认")
