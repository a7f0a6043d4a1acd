"""Settings of an account at Xingquanyi, checked."""

import re
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.outbound import http
from goodfor.supply.providers.base import SettingField
from goodfor.supply.providers.values import ConfigProblem, Site

_CUSTOMER: Final = re.compile(r"[0-9A-Za-z_-]{1,32}")
_KEY: Final = re.compile(r"[!-~]{6,128}")
FIELDS: Final = (
    SettingField("base_url", _("接口地址"), _("以 https:// 开头的域名，不带路径")),
    SettingField("customer_id", _("客户编号"), "customer_id"),
    SettingField("key", _("签名密钥"), _("对方给的签名密钥"), secret=True),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One account."""

    base_url: str
    customer_id: str
    currency: str
    key: str = field(repr=False)

    @classmethod
    def of(cls, site: Site) -> "Settings":
        """Read a site. Raises ConfigProblem."""
        base_url = str(site.config.get("base_url", "")).strip().rstrip("/")
        if not http.is_safe_url(base_url) or "?" in base_url:
            raise ConfigProblem("base_url", "not_https")
        customer_id = str(site.config.get("customer_id", "")).strip()
        if not _CUSTOMER.fullmatch(customer_id):
            raise ConfigProblem("customer_id", "malformed")
        key = site.secrets.get("key", "")
        if not _KEY.fullmatch(key):
            raise ConfigProblem("key", "malformed")
        return cls(base_url, customer_id, site.currency, key)
