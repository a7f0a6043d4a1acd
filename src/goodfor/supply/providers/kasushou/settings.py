"""Settings of an account at a Kasushou site, checked."""

import re
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.outbound import http
from goodfor.supply.providers.base import SettingField
from goodfor.supply.providers.values import ConfigProblem, Site

_USER: Final = re.compile(r"[0-9A-Za-z_-]{1,32}")
FIELDS: Final = (
    SettingField("base_url", _("站点地址"), _("以 https:// 开头的站点域名，不带路径")),
    SettingField("user_id", "UserId", _("站点的「对接设置」里")),
    SettingField("key", "ApiKey", _("站点的「对接设置」里"), secret=True),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One account."""

    base_url: str
    user_id: str
    currency: str
    key: str = field(repr=False)

    @classmethod
    def of(cls, site: Site) -> "Settings":
        """Read a site. Raises ConfigProblem."""
        base_url = str(site.config.get("base_url", "")).strip().rstrip("/")
        if not http.is_safe_url(base_url) or "?" in base_url:
            raise ConfigProblem("base_url", "not_https")
        user_id = str(site.config.get("user_id", "")).strip()
        if not _USER.fullmatch(user_id):
            raise ConfigProblem("user_id", "malformed")
        key = site.secrets.get("key", "")
        if not 8 <= len(key) <= 128:
            raise ConfigProblem("key", "malformed")
        return cls(base_url, user_id, site.currency, key)
