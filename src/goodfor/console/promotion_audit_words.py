"""Words of the audit trail for campaigns and coupons; a part of `audit_words`."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy as _

from goodfor.console.columns import Text

ACTIONS: Final[Mapping[str, Text]] = {
    "promotions_campaign_set": _("audit", "改变营销活动的状态"),
    "promotions_revision_made": _("audit", "保存活动版本"),
    "promotions_coupons_made": _("audit", "新建优惠券批次"),
    "promotions_coupons_closed": _("audit", "关闭优惠券批次"),
    "promotions_codes_asked": _("audit", "申请导出券码"),
    "promotions_codes_allowed": _("audit", "批准导出券码"),
    "promotions_codes_exported": _("audit", "导出券码"),
}
SUBJECTS: Final[Mapping[str, Text]] = {
    "promotions_campaign": _("audit", "营销活动"),
    "promotions_batch": _("audit", "优惠券批次"),
}
