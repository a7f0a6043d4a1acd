"""Words of the audit trail for gifts; a part of `audit_words`."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy as _

from goodfor.console.columns import Text

ACTIONS: Final[Mapping[str, Text]] = {
    "gift_made": _("audit", "买家送出礼物"),
    "gift_opened": _("audit", "礼物被收下"),
    "gift_returned": _("audit", "礼物被收回"),
    "gift_ended": _("audit", "礼物到期退回"),
    "gifts_forgotten": _("audit", "清除注销账户的礼物"),
}
SUBJECTS: Final[Mapping[str, Text]] = {
    "gift": _("audit", "礼物"),
}
