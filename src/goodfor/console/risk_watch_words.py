"""Words of the pages that show what risk control sees: what acts were stopped by, alarms, links between accounts."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text
from goodfor.risk.link_kinds import RULES, LinkKind
from goodfor.risk.watch_queries import CANARY, DOOR, HONEYPOT
from goodfor.risk.watch_sql import FAILING, LIST, MODEL
from goodfor.risk.wording_rules import THREATS

#: What acts were stopped by: threats that rules are against, and what is no rule.
CAUSES: Final[Mapping[str, Text]] = {
    **THREATS,
    LIST: _("黑名单命中"),
    MODEL: _("模型评分"),
    FAILING: _("风控故障时的兜底"),
}
ALARMS: Final[Mapping[str, tuple[Text, str]]] = {
    DOOR: (_("入口被攻击"), "red"),
    HONEYPOT: (_("诱饵码被使用"), "red"),
    CANARY: (_("金丝雀卡密在外出现"), "red"),
}
#: How accounts are linked; by a buyer itself they are not.
LINKS: Final[Mapping[LinkKind, Text]] = {kind: rule.words for kind, rule in RULES.items()}
#: A node in a drawing has room for little.
MARKS: Final[Mapping[LinkKind, Text]] = {
    LinkKind.BUYER: _("户"),
    LinkKind.DEVICE: _("机"),
    LinkKind.NETWORK: _("网"),
    LinkKind.PHONE: _("电"),
    LinkKind.MAIL: _("邮"),
    LinkKind.INSTRUMENT: _("付"),
    LinkKind.FINGERPRINT: _("纹"),
    LinkKind.PATTERN: _("样"),
    LinkKind.TIMING: _("时"),
}
HOLDS: Final[Mapping[str, tuple[Text, str]]] = {
    "snooze": (_("规则已暂停"), "plain"),
    "quarantine": (_("观察期内"), "amber"),
}
