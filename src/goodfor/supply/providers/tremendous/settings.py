"""Settings of an account at Tremendous, checked."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from goodfor.kernel.outbound import http
from goodfor.supply.providers.base import SettingField
from goodfor.supply.providers.numbers import decimal
from goodfor.supply.providers.values import ConfigProblem, Site

LIVE: Final = "https://api.tremendous.com/api/v2"
TEST: Final = "https://testflight.tremendous.com/api/v2"
VALUES: Final = "5,10,15,20,25,50,100"
METHODS: Final = ("LINK", "EMAIL", "PHONE")
_FUNDING: Final = re.compile(r"[0-9A-Za-z_-]{4,40}")
_FILTER: Final = re.compile(r"[a-z_]{1,32}=[0-9A-Za-z,_-]{1,200}(&[a-z_]{1,32}=[0-9A-Za-z,_-]{1,200}){0,4}")
_KEY: Final = re.compile(r"[!-~]{8,512}")
FIELDS: Final = (
    SettingField(
        "base_url",
        _("接口地址"),
        format_lazy("{} {} · {} {}", _("正式"), LIVE, _("测试"), TEST),
        required=False,
        default=LIVE,
    ),
    SettingField("api_key", "API key", _("后台 Developers 里的 key"), secret=True),
    SettingField(
        "webhook_key",
        "Webhook private key",
        _("后台 Webhooks 里的 private key；不填则不收推送，只靠查询"),
        secret=True,
        required=False,
    ),
    SettingField(
        "funding_source", "Funding source", _("扣款来源的编号；balance 是账户余额"), required=False, default="balance"
    ),
    SettingField(
        "method",
        _("发放方式"),
        _("链接由商城交给买家；邮件和短信由 Tremendous 发给买家"),
        "choice",
        required=False,
        default="LINK",
        choices=(("LINK", _("链接")), ("EMAIL", _("邮件")), ("PHONE", _("短信"))),
    ),
    SettingField(
        "values", _("可选面值"), _("没有固定面值的商品按这些面值出售，用逗号分隔"), required=False, default=VALUES
    ),
    SettingField(
        "catalogue_filter", _("目录筛选"), _("加在目录地址后面的参数，例如 country=US；目录太大时需要"), required=False
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One account. `values`: face values offered of products that have a range of them."""

    base_url: str
    funding_source: str
    method: str
    values: tuple[Decimal, ...]
    catalogue_filter: str
    currency: str
    api_key: str = field(repr=False)
    webhook_key: str = field(repr=False)

    @classmethod
    def of(cls, site: Site) -> "Settings":
        """Read a site. Raises ConfigProblem."""
        base_url = (_text(site, "base_url") or LIVE).rstrip("/")
        if not http.is_safe_url(base_url) or "?" in base_url:
            raise ConfigProblem("base_url", "not_https")
        funding = _text(site, "funding_source") or "balance"
        if not _FUNDING.fullmatch(funding):
            raise ConfigProblem("funding_source", "malformed")
        method = _text(site, "method") or "LINK"
        if method not in METHODS:
            raise ConfigProblem("method", "unknown")
        only = _text(site, "catalogue_filter")
        if only and not _FILTER.fullmatch(only):
            raise ConfigProblem("catalogue_filter", "malformed")
        key, hook = site.secrets.get("api_key", ""), site.secrets.get("webhook_key", "")
        if not _KEY.fullmatch(key):
            raise ConfigProblem("api_key", "malformed")
        if hook and not 4 <= len(hook) <= 512:
            raise ConfigProblem("webhook_key", "malformed")
        return cls(base_url, funding, method, _values(_text(site, "values") or VALUES), only, site.currency, key, hook)


def _text(site: Site, name: str) -> str:
    return str(site.config.get(name) or "").strip()


def _values(told: str) -> tuple[Decimal, ...]:
    found: list[Decimal] = []
    for word in filter(None, (part.strip() for part in told.replace("，", ",").split(","))):
        value = decimal(word)
        if value is None or value <= 0 or -int(value.as_tuple().exponent) > 2 or len(found) >= 40:
            raise ConfigProblem("values", "malformed")
        found.append(value)
    return tuple(sorted(set(found)))
