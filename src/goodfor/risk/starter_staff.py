"""Rules about the staff, who are judged like everybody else. Data."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.risk.starting import Starter, asks
from goodfor.risk.types import Scene

STAFF: Final = (
    Starter(
        "staff-mass-view", "R0072-001", "insider", (Scene.STAFF_VIEW,),
        "codes_viewed_hour >= 100",
        asks(), _("员工大量查看卡密"),
        _("正常的售后一小时用不到一百个。"),
    ),
    Starter(
        "staff-odd-hours", "R0072-001", "insider", (Scene.STAFF_VIEW, Scene.EXPORT),
        "staff_working_hours == false and (either(codes_viewed_hour, 0) >= 20"
        " or either(export_rows, 0) >= 200)",
        asks(cost=4), _("员工非工作时间批量取数"),
        _("不在排班时间内，请再验证一次身份。"),
    ),
    Starter(
        "staff-unsold-view", "R0111", "insider", (Scene.STAFF_VIEW,),
        "unsold_viewed_hour >= 20",
        asks(), _("员工查看未售卡密"),
        _("未售出的卡密没有买家需要帮助。"),
    ),
    Starter(
        "code-stolen", "R0111", "insider", (Scene.REDEEM, Scene.STAFF_VIEW, Scene.EXPORT),
        "either(viewed_then_redeemed, false) or either(redeemed_before_sale, false)",
        asks(deny=True, hard=True), _("未售卡密已被兑换"),
        _("卡密在卖出之前就被用掉：从库里或后台流出。"),
    ),
    Starter(
        "export-large", "R0078", "insider", (Scene.EXPORT,),
        "export_rows >= 1000 and not either(export_approved, false)",
        asks(), _("大量导出未经批准"),
        _("一千行以上的导出要第二个人看过。"),
    ),
    Starter(
        "export-often", "R0078", "insider", (Scene.EXPORT,),
        "exports_day >= 5",
        asks(), _("一天内多次导出"),
        _("化整为零地搬走数据。"),
    ),
    Starter(
        "batch-watched", "R0072-001", "insider", (Scene.STAFF_VIEW,),
        "batch_staff_views_24h >= 30",
        asks(live=False), _("一个批次被反复查看"),
        _("一天内三十次。"),
    ),
)  # fmt: skip
