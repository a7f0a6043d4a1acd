"""What campaigns and coupons can refuse."""

from typing import Any
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
from goodfor.promotions.group_errors import ChoiceGone as ChoiceGone
from goodfor.promotions.group_errors import GroupNotFound as GroupNotFound
from goodfor.promotions.group_errors import GroupOver as GroupOver
from goodfor.promotions.group_errors import GroupRunning as GroupRunning
from goodfor.promotions.group_errors import OwnBargain as OwnBargain
from goodfor.promotions.group_errors import PlayNotFound as PlayNotFound
from goodfor.promotions.group_errors import TooManyHelps as TooManyHelps
from goodfor.promotions.group_errors import TooManyPieces as TooManyPieces


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
    """`data["why"]`: gone, had, early, late."""

    code = "claim_refused"
    title = _("领取失败")


class BatchNotFound(NotFound):
    """No such batch of coupons."""

    code = "coupon_batch_not_found"
    title = _("找不到这批优惠券")


class BatchExported(Conflict):
    """The codes of a batch leave once, when two people agreed."""

    code = "coupon_batch_exported"
    title = _("这批券码不能导出")
