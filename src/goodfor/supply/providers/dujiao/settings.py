"""Settings of an account at a dujiao-next shop, checked."""

import re
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.outbound import http
from goodfor.supply.providers.base import SettingField
from goodfor.supply.providers.values import ConfigProblem, Site

_KEY: Final = re.compile(r"[!-~]{4,128}")
FIELDS: Final = (
    SettingField("base_url", _("站点地址"), _("以 https:// 开头的站点域名，不带路径")),
    SettingField("api_key", "API Key", _("站点「对接」里的 Key")),
    SettingField("secret", "API Secret", _("站点「对接」里的 Secret"), secret=True),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One account. A path in the address is a proxy's: signed is the protocol's own path only."""

    base_url: str
    api_key: str
    currency: str
    secret: str = field(repr=False)

    @classmethod
    def of(cls, site: Site) -> "Settings":
        """Read a site. Raises ConfigProblem."""
        base_url = str(site.config.get("base_url", "")).strip().rstrip("/")
        if not http.is_safe_url(base_url) or "?" in base_url:
            raise ConfigProblem("base_url", "not_https")
        api_key = str(site.config.get("api_key", "")).strip()
        if not _KEY.fullmatch(api_key):
            raise ConfigProblem("api_key", "malformed")
        secret = site.secrets.get("secret", "")
        if not _KEY.fullmatch(secret) or len(secret) < 8:
            raise ConfigProblem("secret", "malformed")
        return cls(base_url, api_key, site.currency, secret)
