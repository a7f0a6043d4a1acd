"""Settings of an account at Kinguin, checked."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.outbound import http
from goodfor.supply.providers.base import SettingField
from goodfor.supply.providers.values import ConfigProblem, Site

URL: Final = "https://gateway.kinguin.net/esa/api"
CURRENCY: Final = "EUR"
_KEY: Final = re.compile(r"[!-~]{8,128}")
_TOLD: Final = re.compile(r"[ -~]{8,200}")
FIELDS: Final = (
    SettingField("base_url", _("接口地址"), _("一般不用改；沙箱另有地址"), required=False, default=URL),
    SettingField(
        "api_key", "X-Api-Key", _("Kinguin Integration 后台的 API Key；先在那里填好默认账单地址"), secret=True
    ),
    SettingField(
        "event_secret",
        "X-Event-Secret",
        _("在后台订阅通知时填的密语，至少 8 位；空着就不接收通知"),
        secret=True,
        required=False,
    ),
    SettingField(
        "key_type",
        _("收哪些密钥"),
        _("图片密钥需要买家自己看图输入"),
        "choice",
        required=False,
        default="text",
        choices=(("text", _("只要文字")), ("any", _("文字和图片"))),
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One account. `text_only`: keys that are pictures are not bought. `event_secret` empty: no calls are heard."""

    base_url: str
    text_only: bool
    api_key: str = field(repr=False)
    event_secret: str = field(repr=False)

    @classmethod
    def of(cls, site: Site) -> "Settings":
        """Read a site. Raises ConfigProblem."""
        base_url = (_told(site, "base_url") or URL).rstrip("/")
        if not http.is_safe_url(base_url) or "?" in base_url:
            raise ConfigProblem("base_url", "not_https")
        api_key, event_secret = site.secrets.get("api_key", ""), site.secrets.get("event_secret", "")
        if not _KEY.fullmatch(api_key):
            raise ConfigProblem("api_key", "malformed")
        # One that is short could be guessed, and it is all that proves a call.
        if event_secret and not _TOLD.fullmatch(event_secret):
            raise ConfigProblem("event_secret", "malformed")
        key_type = _told(site, "key_type") or "text"
        if key_type not in ("text", "any"):
            raise ConfigProblem("key_type", "unknown")
        if site.currency != CURRENCY:
            raise ConfigProblem("currency", "not_eur")
        return cls(base_url, key_type == "text", api_key, event_secret)


def _told(site: Site, name: str) -> str:
    value: Any = site.config.get(name)
    return value.strip() if isinstance(value, str) else ""
