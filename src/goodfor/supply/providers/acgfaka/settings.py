"""Settings of an account at an acg-faka shop, checked."""

import re
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.outbound import http
from goodfor.supply.providers.base import SettingField
from goodfor.supply.providers.values import ConfigProblem, Site

_APP: Final = re.compile(r"[0-9A-Za-z_-]{1,32}")
_KEY: Final = re.compile(r"[0-9A-Za-z_-]{6,128}")
_CONTACT: Final = re.compile(r"[!-~]{4,100}")
FIELDS: Final = (
    SettingField("base_url", _("店铺地址"), _("以 https:// 开头的店铺域名，不带路径；密钥会随请求发出，必须是 https")),
    SettingField("app_id", _("商户 ID"), _("对方店铺里你的账号的 ID")),
    SettingField("app_key", _("商户密钥"), _("对方店铺里你的账号的对接密钥"), secret=True),
    SettingField("contact", _("联系方式"), _("每次进货都要填，用自己的邮箱或手机，不要用买家的")),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One account."""

    base_url: str
    app_id: str
    contact: str
    currency: str
    app_key: str = field(repr=False)

    @classmethod
    def of(cls, site: Site) -> "Settings":
        """Read a site. Raises ConfigProblem."""
        base_url = str(site.config.get("base_url", "")).strip().rstrip("/")
        if not http.is_safe_url(base_url) or "?" in base_url:
            raise ConfigProblem("base_url", "not_https")
        app_id = str(site.config.get("app_id", "")).strip()
        if not _APP.fullmatch(app_id):
            raise ConfigProblem("app_id", "malformed")
        contact = str(site.config.get("contact", "")).strip()
        if not _CONTACT.fullmatch(contact):
            raise ConfigProblem("contact", "malformed")
        key = site.secrets.get("app_key", "")
        if not _KEY.fullmatch(key):
            raise ConfigProblem("app_key", "malformed")
        return cls(base_url, app_id, contact, site.currency, key)
