"""Words of compensation and of what suppliers make good."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.aftersales import states
from goodfor.console.columns import Text

GRANTS: Final[Mapping[str, Text]] = {
    states.COMPENSATION: _("赔付"),
    states.GOODWILL_DELIVERY: _("交付超时"),
    states.GOODWILL_ANSWER: _("答复超时"),
    states.GOODWILL_DECISION: _("处理超时"),
}
GRANT_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    states.OWED: (_("待付"), "amber"),
    states.PAID: (_("已付"), "green"),
}
WAYS: Final[Mapping[str, Text]] = {"wallet": _("余额"), "hand": _("人工转账")}
RECOVERIES: Final[Mapping[str, tuple[Text, str]]] = {
    states.DUE: (_("待追偿"), "amber"),
    states.SENT: (_("已发给供应商"), "plain"),
    states.SETTLED: (_("已收回"), "green"),
    states.WRITTEN_OFF: (_("已核销"), "red"),
}
#: How a supplier made good.
INTO: Final[Mapping[str, Text]] = {
    "bank": _("打款到银行账户"),
    "account": _("退到供应商处的余额"),
    "returned": _("采购退款，已入账"),
}
