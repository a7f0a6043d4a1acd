"""Words of the audit trail for campaigns, coupons, bundles and pages of blocks; a part of `audit_words`."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy as _

from goodfor.console.columns import Text

ACTIONS: Final[Mapping[str, Text]] = {
    "promotions_campaign_set": _("audit", "改变营销活动的状态"),
    "promotions_revision_made": _("audit", "保存活动版本"),
    "promotions_coupons_made": _("audit", "新建优惠券批次"),
    "promotions_coupons_closed": _("audit", "关闭优惠券批次"),
    "promotions_buyer_forgotten": _("audit", "清除注销账户的活动痕迹"),
    "promotions_floor_set": _("audit", "设置营销活动的底线"),
    "promotions_pack_made": _("audit", "新建券礼包"),
    "promotions_pack_closed": _("audit", "停止券礼包"),
    "promotions_codes_asked": _("audit", "申请导出券码"),
    "promotions_codes_allowed": _("audit", "批准导出券码"),
    "promotions_codes_exported": _("audit", "导出券码"),
    "bundle_written": _("audit", "保存组合"),
    "bundle_on_sale": _("audit", "上架组合"),
    "bundle_replaced": _("audit", "上架组合的新版本"),
    "bundle_off_sale": _("audit", "下架组合"),
    "bundle_archived": _("audit", "归档组合"),
    "bundle_placed": _("audit", "调整组合的位置"),
}
#: Pages of blocks beside the first one.
PAGES: Final[Mapping[str, Text]] = {
    "window_block_added": _("audit", "添加店面板块"),
    "window_block_changed": _("audit", "修改店面板块"),
    "window_block_removed": _("audit", "移除店面板块"),
    "window_ordered": _("audit", "调整店面板块顺序"),
    "window_arranged": _("audit", "排列店面"),
    "window_published": _("audit", "发布店面"),
    "window_draft_restored": _("audit", "放弃店面草稿"),
    "window_page_written": _("audit", "保存场景页"),
    "window_page_offline": _("audit", "下线场景页"),
    "window_page_removed": _("audit", "删除场景页"),
}
SUBJECTS: Final[Mapping[str, Text]] = {
    "promotions.bundle": _("audit", "组合"),
    "window.page": _("audit", "场景页"),
    "promotions_campaign": _("audit", "营销活动"),
    "promotions_batch": _("audit", "优惠券批次"),
    "promotions_pack": _("audit", "券礼包"),
}
