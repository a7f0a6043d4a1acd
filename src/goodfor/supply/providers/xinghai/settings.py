"""Settings of an account at Xinghai, checked."""

import re
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.outbound import http
from goodfor.supply.providers.base import SettingField
from goodfor.supply.providers.values import ConfigProblem, Site

_APP: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
#: Their key of AES-128 as well.
_SECRET: Final = re.compile(r"[!-~]{16}")
_ITEM: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
MAX_ITEMS: Final = 2_000
FIELDS: Final = (
    SettingField("base_url", _("接口地址"), _("以 https:// 开头的域名，不带路径")),
    SettingField("app_id", "appId", _("对方给的应用编号")),
    SettingField("secret", "appSecret", _("16 位，也用于解密卡密"), secret=True),
    SettingField(
        "card_way",
        _("卡密的下单接口"),
        _("一般是提卡接口；对方说明卡密也用下单接口时再改"),
        "choice",
        required=False,
        default="get",
        choices=(("get", "/api/card/get"), ("submit", "/api/order/submit")),
    ),
    SettingField(
        "supply_mode",
        _("提卡方式"),
        _("同步：卡密随下单返回；异步：卡密随通知返回"),
        "choice",
        required=False,
        default="1",
        choices=(("1", _("同步")), ("0", _("异步"))),
    ),
    SettingField("phone_items", _("话费商品"), _("走话费接口的商品编号，用空格或换行隔开"), "long", required=False),
    SettingField("phone_timeout", _("话费超时秒数"), _("对方约定的值；空着就不传"), required=False),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One account. `card_way`: get or submit; `supply_mode`: 1 now, 0 later; `phone_timeout`: seconds or empty."""

    base_url: str
    app_id: str
    card_way: str
    supply_mode: str
    phone_items: frozenset[str]
    phone_timeout: str
    currency: str
    secret: str = field(repr=False)

    @classmethod
    def of(cls, site: Site) -> "Settings":
        """Read a site. Raises ConfigProblem."""
        base_url = str(site.config.get("base_url", "")).strip().rstrip("/")
        if not http.is_safe_url(base_url) or "?" in base_url:
            raise ConfigProblem("base_url", "not_https")
        app_id = str(site.config.get("app_id", "")).strip()
        if not _APP.fullmatch(app_id):
            raise ConfigProblem("app_id", "malformed")
        card_way = str(site.config.get("card_way") or "get")
        if card_way not in ("get", "submit"):
            raise ConfigProblem("card_way", "unknown")
        supply_mode = str(site.config.get("supply_mode") or "1")
        if supply_mode not in ("0", "1"):
            raise ConfigProblem("supply_mode", "unknown")
        items = str(site.config.get("phone_items") or "").split()
        if len(items) > MAX_ITEMS or not all(_ITEM.fullmatch(one) for one in items):
            raise ConfigProblem("phone_items", "malformed")
        timeout = str(site.config.get("phone_timeout") or "").strip()
        if timeout and not re.fullmatch(r"[1-9][0-9]{0,5}", timeout):
            raise ConfigProblem("phone_timeout", "malformed")
        secret = site.secrets.get("secret", "")
        if not _SECRET.fullmatch(secret):
            raise ConfigProblem("secret", "malformed")
        return cls(base_url, app_id, card_way, supply_mode, frozenset(items), timeout, site.currency, secret)
