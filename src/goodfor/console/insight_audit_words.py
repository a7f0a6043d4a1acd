"""Words of the audit trail about figures: reports that are saved, files that are taken."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy as _

from goodfor.console.columns import Text

ACTIONS: Final[Mapping[str, Text]] = {
    "insights.report_saved": _("audit", "保存报表"),
    "insights.report_paused": _("audit", "暂停报表"),
    "insights.report_resumed": _("audit", "恢复报表"),
    "insights.report_dropped": _("audit", "删除报表"),
    "insights.file_taken": _("audit", "导出数据"),
}
