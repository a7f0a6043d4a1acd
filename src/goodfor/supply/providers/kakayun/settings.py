"""Settings of an account at a Kakayun site, checked."""

import re
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.outbound import http
from goodfor.supply.providers.base import SettingField
from goodfor.supply.providers.values import ConfigProblem, Site

_USER: Final = re.compile(r"[0-9A-Za-z_-]{1,32}")
#: All but buying goes to a host of the vendor's own. They write it without TLS; keys do not cross a network in clear.
PUBLIC_URL: Final = "https://public.kky.v3.api.kakayun.vip"
FIELDS: Final = (
    SettingField("base_url", _("站点地址"), _("以 https:// 开头的站点域名，不带路径；只用于下单")),
    SettingField(
        "public_url", _("公共接口地址"), _("除下单外的接口都走这里；一般不用改"), required=False, default=PUBLIC_URL
    ),
    SettingField("user_id", _("商户编号"), _("站点「API 对接」里的 userid")),
    SettingField("key", _("商户密钥"), _("站点「API 对接」里的密钥"), secret=True),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One account. `base_url`: the site, which sells; `public_url`: the host of every other call."""

    base_url: str
    public_url: str
    user_id: str
    currency: str
    key: str = field(repr=False)

    @classmethod
    def of(cls, site: Site) -> "Settings":
        """Read a site. Raises ConfigProblem."""
        base_url = _address(site, "base_url", "")
        public_url = _address(site, "public_url", PUBLIC_URL)
        user_id = str(site.config.get("user_id", "")).strip()
        if not _USER.fullmatch(user_id):
            raise ConfigProblem("user_id", "malformed")
        key = site.secrets.get("key", "")
        if not 8 <= len(key) <= 128 or not key.isprintable():
            raise ConfigProblem("key", "malformed")
        return cls(base_url, public_url, user_id, site.currency, key)


def _address(site: Site, name: str, default: str) -> str:
    url = (str(site.config.get(name) or "").strip() or default).rstrip("/")
    if not http.is_safe_url(url) or "?" in url:
        raise ConfigProblem(name, "not_https")
    return url
