"""What campaigns and coupons can refuse."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from goodfor.promotions.bundle_errors import BundleChanged as BundleChanged
from goodfor.promotions.bundle_errors import BundleNotOnSale as BundleNotOnSale
from goodfor.promotions.bundle_errors import BundleUnknown as BundleUnknown
from goodfor.promotions.bundle_errors import InvalidBundle as InvalidBundle
from goodfor.promotions.bundle_errors import InvalidPicks as InvalidPicks
from goodfor.promotions.bundle_errors import SlugTaken as SlugTaken
from goodfor.promotions.group_errors import AlreadyHelped as AlreadyHelped
from goodfor.promotions.group_errors import AlreadyInGroup as AlreadyInGroup
from goodfor.promotions.group_errors import BargainNotFound as BargainNotFound
from goodfor.promotions.group_errors import BargainOver as BargainOver
from goodfor.promotions.group_errors import BargainRunning as BargainRunning
from goodfor.promotions.group_errors import ChoiceDearer as ChoiceDearer
from goodfor.promotions.group_errors import ChoiceGone as ChoiceGone
from goodfor.promotions.group_errors import ChoiceNotFor as ChoiceNotFor
from goodfor.promotions.group_errors import GroupNotFound as GroupNotFound
from goodfor.promotions.group_errors import GroupOver as GroupOver
from goodfor.promotions.group_errors import GroupRunning as GroupRunning
from goodfor.promotions.group_errors import OwnBargain as OwnBargain
from goodfor.promotions.group_errors import PlayNotFound as PlayNotFound
from goodfor.promotions.group_errors import TooManyHelps as TooManyHelps
from goodfor.promotions.group_errors import TooManyPieces as TooManyPieces
from goodfor.promotions.group_errors import choice_failed as choice_failed

#: Why a coupon cannot be claimed, as its buyer reads it.
CLAIM_WORDS: Final[Mapping[str, Any]] = {
    "gone": _("已被领完"),
    "had": _("你已经领过了"),
    "early": _("还没到领取时间"),
    "late": _("领取时间已过"),
    "closed": _("已停止领取"),
    "phone": _("登录并绑定手机号或邮箱后才能领"),
}


class CampaignNotFound(NotFound):
    """No such campaign, or no such revision of it."""

    code = "campaign_not_found"
    title = _("找不到这个活动")


class CampaignChanged(Conflict):
    """It is not any more what was looked at."""

    code = "campaign_changed"
    title = _("活动已变化，请刷新后再看")


class InvalidCampaign(InvalidInput):
    """`data["field"]` says what of it."""

    code = "invalid_campaign"
    title = _("活动的设置有误")


class CampaignOver(Conflict):
    """Its window has passed: it cannot start any more."""

    code = "campaign_over"
    title = _("活动时间已过")


class SecondPersonNeeded(Forbidden):
    """Who made the revision cannot approve it."""

    code = "campaign_second_person"
    title = _("需要另一位同事批准")


class LimitGone(Conflict):
    """What was free a moment before is gone. `why`: changed, coupon, or the limit as `entity.counts`."""

    code = "limit_gone"
    title = _("优惠已被抢完，请刷新后再看")

    def __init__(self, campaign_id: UUID, why: str, **data: Any) -> None:
        self.campaign_id, self.why = campaign_id, why
        super().__init__(campaign_id=str(campaign_id), why=why, **data)


class CouponNotFound(NotFound):
    """No such coupon, or another buyer's: the same answer for both."""

    code = "coupon_not_found"
    title = _("优惠券不存在或已失效")


class CouponGone(Conflict):
    """It was used, is over, or waits for a friend. `data["why"]`."""

    code = "coupon_gone"
    title = _("这张优惠券已不能使用")


class ClaimRefused(Conflict):
    """`data["why"]`: gone, had, early, late, closed, phone, audience (then `data["lacks"]` says what, in words)."""

    code = "claim_refused"
    title = _("领取失败")

    def __init__(self, why: str, lacks: str = "") -> None:
        super().__init__(lacks or CLAIM_WORDS.get(why, ""), why=why, **({"lacks": lacks} if lacks else {}))


class PackNotFound(NotFound):
    """No such pack of coupons."""

    code = "pack_not_found"
    title = _("找不到这个礼包")


class BatchNotFound(NotFound):
    """No such batch of coupons."""

    code = "coupon_batch_not_found"
    title = _("找不到这批优惠券")


class BatchExported(Conflict):
    """The codes of a batch leave once, when two people agreed."""

    code = "coupon_batch_exported"
    title = _("这批券码不能导出")
