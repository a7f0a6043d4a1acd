"""The audit trail."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodfor.console import audit_words
from goodfor.console.columns import badge, structure, text, time
from goodfor.console.filters import recent
from goodfor.console.models import AuditLine
from goodfor.console.readonly import ReadOnlyAdmin
from goodfor.identity.types import Permission


class AuditAdmin(ReadOnlyAdmin):
    """Who did what, newest first."""

    name = _("操作记录")
    permission = Permission.AUDIT_VIEW
    icon = "history"
    columns = (
        time("at", _("时间")),
        text("actor", _("操作者")),
        badge("action", _("动作"), audit_words.ACTIONS, {}),
        badge("subject_type", _("对象类型"), audit_words.SUBJECTS, {}),
        text("subject_id", _("对象")),
    )
    detail = (*columns, text("action", pgettext_lazy("audit", "动作键")), structure("data", _("详情")))
    search_fields = ("action__exact", "subject_id__exact", "actor__exact")
    search_help_text = _("完整的动作、对象编号或操作者")
    list_filter = (recent("at", _("时间")),)


ADMINS = ((AuditLine, AuditAdmin),)
