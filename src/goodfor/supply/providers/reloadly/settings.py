"""Settings of an account at Reloadly, checked."""

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

LIVE: Final = "https://giftcards.reloadly.com"
TEST: Final = "https://giftcards-sandbox.reloadly.com"
AUTH: Final = "https://auth.reloadly.com"
VALUES: Final = "5,10,15,20,25,50,100"
_KEY: Final = re.compile(r"[!-~]{8,256}")
_MAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_WORD: Final = re.compile(r"[A-Z_]{2,40}")
FIELDS: Final = (
    SettingField(
        "base_url",
        _("接口地址"),
        format_lazy("{} {} · {} {}", _("正式"), LIVE, _("测试"), TEST),
        required=False,
        default=LIVE,
    ),
    SettingField("auth_url", _("令牌地址"), required=False, default=AUTH),
    SettingField("audience", "Audience", _("令牌的用途；不填则与接口地址相同"), required=False),
    SettingField("balance_url", _("余额地址"), _("查余额的接口；不填则与接口地址相同"), required=False),
    SettingField("client_id", "Client ID", _("后台 Developers 里"), secret=True),
    SettingField("client_secret", "Client secret", _("后台 Developers 里"), secret=True),
    SettingField(
        "webhook_secret", "Webhook secret", _("后台 Webhooks 里；不填则不收推送，只靠查询"), secret=True, required=False
    ),
    SettingField("sender_name", _("付款方名称"), _("随订单发出，可填店名")),
    SettingField("recipient_email", _("收件邮箱"), _("Reloadly 也会把卡发到这里：用自己的内部邮箱，不要用买家的")),
    SettingField(
        "values", _("可选面值"), _("没有固定面值的商品按这些面值出售，用逗号分隔"), required=False, default=VALUES
    ),
    SettingField(
        "failed_words",
        _("失败状态"),
        _("与 Reloadly 确认过「没有扣款或已退款」的状态词，用逗号分隔；不填则由人处理"),
        required=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One account. `values`: face values offered of products with a range; `failed`: states that are failures."""

    base_url: str
    auth_url: str
    audience: str
    balance_url: str
    sender_name: str
    recipient_email: str
    values: tuple[Decimal, ...]
    failed: frozenset[str]
    currency: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    @classmethod
    def of(cls, site: Site) -> "Settings":
        """Read a site. Raises ConfigProblem."""
        base_url = _url(site, "base_url", LIVE)
        secrets = {name: site.secrets.get(name, "") for name in ("client_id", "client_secret")}
        for name, value in secrets.items():
            if not _KEY.fullmatch(value):
                raise ConfigProblem(name, "malformed")
        hook = site.secrets.get("webhook_secret", "")
        if hook and not 4 <= len(hook) <= 512:
            raise ConfigProblem("webhook_secret", "malformed")
        sender, mail = _text(site, "sender_name"), _text(site, "recipient_email")
        if not 1 <= len(sender) <= 100:
            raise ConfigProblem("sender_name", "malformed")
        if not _MAIL.fullmatch(mail):
            raise ConfigProblem("recipient_email", "malformed")
        return cls(
            base_url=base_url,
            auth_url=_url(site, "auth_url", AUTH),
            audience=_url(site, "audience", base_url),
            balance_url=_url(site, "balance_url", base_url),
            sender_name=sender,
            recipient_email=mail,
            values=_values(_text(site, "values") or VALUES),
            failed=_failed(_text(site, "failed_words")),
            currency=site.currency,
            webhook_secret=hook,
            **secrets,
        )


def _text(site: Site, name: str) -> str:
    return str(site.config.get(name) or "").strip()


def _url(site: Site, name: str, default: str) -> str:
    found = (_text(site, name) or default).rstrip("/")
    if not http.is_safe_url(found) or "?" in found:
        raise ConfigProblem(name, "not_https")
    return found


def _words(told: str) -> list[str]:
    return [word for word in (part.strip() for part in told.replace("，", ",").split(",")) if word]


def _values(told: str) -> tuple[Decimal, ...]:
    found: list[Decimal] = []
    for word in _words(told):
        value = decimal(word)
        if value is None or value <= 0 or -int(value.as_tuple().exponent) > 2 or len(found) >= 40:
            raise ConfigProblem("values", "malformed")
        found.append(value)
    return tuple(sorted(set(found)))


def _failed(told: str) -> frozenset[str]:
    words = frozenset(word.upper() for word in _words(told))
    if not all(_WORD.fullmatch(word) for word in words) or words & {"SUCCESSFUL", "PENDING"}:
        raise ConfigProblem("failed_words", "malformed")
    return words
