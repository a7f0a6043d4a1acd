"""Settings of an API client at another Goodfor, checked."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.money import EXPONENTS
from goodfor.kernel.outbound import http
from goodfor.supply.providers.base import SettingField
from goodfor.supply.providers.values import ConfigProblem, Site

_KEY: Final = re.compile(r"gf_([0-9A-Za-z]{4,64})_[0-9A-Za-z_-]{16,128}")
FIELDS: Final = (
    SettingField("base_url", _("店铺地址"), _("对方店铺以 https:// 开头的域名，不带路径")),
    SettingField("api_key", _("API 密钥"), _("对方给你的密钥，以 gf_ 开头"), secret=True),
    SettingField(
        "signing_secret", _("签名密钥"), _("对方要求请求签名（hmac-sha256）时才填"), secret=True, required=False
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """One client. `signing_secret` empty: requests are not signed."""

    base_url: str
    currency: str
    key_id: str
    api_key: str = field(repr=False)
    signing_secret: bytes = field(repr=False)

    @classmethod
    def of(cls, site: Site) -> "Settings":
        """Read a site. Raises ConfigProblem."""
        base_url = str(site.config.get("base_url", "")).strip().rstrip("/")
        if not http.is_safe_url(base_url) or "?" in base_url or base_url.count("/") != 2 or not base_url.isascii():
            raise ConfigProblem("base_url", "not_https")
        api_key = site.secrets.get("api_key", "").strip()
        key_id = key_id_of(api_key)
        if site.currency not in EXPONENTS:
            raise ConfigProblem("currency", "unknown")
        return cls(base_url, site.currency, key_id, api_key, _secret(site.secrets.get("signing_secret", "").strip()))


def key_id_of(api_key: str) -> str:
    """The public part of a key. Raises ConfigProblem."""
    found = _KEY.fullmatch(api_key)
    if found is None:
        raise ConfigProblem("api_key", "malformed")
    return found[1]


def _secret(text: str) -> bytes:
    """32 bytes in urlsafe base64, as the shop shows them once."""
    if not text:
        return b""
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != 32:
        raise ConfigProblem("signing_secret", "malformed")
    return found
