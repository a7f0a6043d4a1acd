"""Settings of a supplier who is written to, checked."""

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.supply.providers.base import SettingField
from goodfor.supply.providers.files.columns import Profile
from goodfor.supply.providers.files.problems import FileRefused
from goodfor.supply.providers.values import ConfigProblem, Site

_MAIL: Final = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]{1,190}\.[A-Za-z]{2,24}")
FIELDS: Final = (
    SettingField("mail", _("收单邮箱"), _("把订单表发到这里；不填就只能下载"), required=False),
    SettingField(
        "format",
        _("订单表格式"),
        "",
        "choice",
        required=False,
        default="xlsx",
        choices=(("xlsx", "XLSX"), ("csv", "CSV")),
    ),
    SettingField(
        "columns",
        _("列名"),
        _('对方的表用别的列名时填，如 {"answers": {"number": "客户单号"}}'),
        "long",
        required=False,
    ),
    SettingField(
        "sign",
        _("账单里扣款写成"),
        "",
        "choice",
        required=False,
        default="as_is",
        choices=(("as_is", _("负数")), ("turned", _("正数"))),
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One supplier. Files are read with the profile of their kind: `answers`, `catalogue`, `statement`."""

    mail: str
    format: str
    columns: str
    sign: str
    currency: str

    @classmethod
    def of(cls, site: Site) -> "Settings":
        """Read a site. Raises ConfigProblem."""
        mail = str(site.config.get("mail", "")).strip()
        if mail and not _MAIL.fullmatch(mail):
            raise ConfigProblem("mail", "malformed")
        chosen = str(site.config.get("format", "xlsx"))
        if chosen not in ("xlsx", "csv"):
            raise ConfigProblem("format", "unknown")
        sign = str(site.config.get("sign", "as_is"))
        if sign not in ("as_is", "turned"):
            raise ConfigProblem("sign", "unknown")
        found = cls(mail, chosen, str(site.config.get("columns", "")), sign, site.currency)
        try:
            found.profile("answers")
        except FileRefused:
            raise ConfigProblem("columns", "malformed") from None
        return found

    def profile(self, kind: str) -> Profile:
        """What the columns of such a file are called. Raises FileRefused."""
        return Profile.read(self.columns, kind)
