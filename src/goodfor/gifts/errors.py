"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound, RateLimited


class GiftGone(NotFound):
    """No gift that can be opened has this secret: there never was one, it was taken back or taken, or is over.

    One answer for all of them.
    """

    code = "gift_gone"
    title = _("这份礼物不在了：可能已被收下、收回，或已过期")


class GiftNotFound(NotFound):
    """No such gift of this person's."""

    code = "gift_not_found"
    title = _("没有这份礼物")


class OwnGift(Conflict):
    """Who gave it opens it."""

    code = "own_gift"
    title = _("这是你自己送出的礼物，不能由自己收下；可以收回")


class SignInToTake(Conflict):
    """Points and cards lie in an account: a guest has none."""

    code = "sign_in_to_take"
    title = _("积分和卡要放进账号里，请先登录再收下")


class CannotGive(Conflict):
    """What was to be given cannot be: used, seen, in another gift, over, or not to be passed on. `why` says which."""

    code = "cannot_give"
    title = _("这件东西现在不能送人")


class InvalidGift(InvalidInput):
    """A number, a message, a look or a time that cannot be; `field` names which."""

    code = "invalid_gift"
    title = _("礼物填得不对，请检查后再试")


class TooManyGifts(RateLimited):
    """The same giver has made as many within a day as anybody may."""

    code = "too_many_gifts"
    title = _("今天送出的礼物太多了，请明天再送")
