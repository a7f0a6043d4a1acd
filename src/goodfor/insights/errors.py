"""What insights refuse."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound, RateLimited


class ReportNotFound(NotFound):
    """There is no such report in this shop."""

    code = "report_not_found"
    title = _("没有这份报表")


class InvalidAsk(InvalidInput):
    """Nothing can be answered like this: `field` says what is wrong."""

    code = "invalid_ask"
    title = _("查询条件不正确")


class NoSnapshot(Conflict):
    """Heavy questions are answered from a snapshot, and none has been taken yet."""

    code = "no_snapshot"
    title = _("还没有数据快照，每天凌晨自动生成")


class SnapshotBusy(RateLimited):
    """Somebody else's heavy question is being answered."""

    code = "snapshot_busy"
    title = _("正在计算别的查询，请稍后再试")


class SnapshotTooHeavy(InvalidInput):
    """The question takes more time or memory than one may have."""

    code = "snapshot_too_heavy"
    title = _("查询范围太大，请缩短时间或减少维度")
