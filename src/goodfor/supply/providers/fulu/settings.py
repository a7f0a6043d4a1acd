"""Settings of an account at Fulu, checked. What the vendor does not publish is said here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, get_args

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from goodfor.kernel.outbound import http
from goodfor.supply.providers.base import SettingField
from goodfor.supply.providers.numbers import decimal
from goodfor.supply.providers.values import ConfigProblem, Refusal, Site

HOST: Final = "https://openapi.fulu.com"
DUPLICATE: Final = "duplicate"
NOT_FOUND: Final = "not_found"
#: What a code may be said to mean.
MEANINGS: Final = frozenset(get_args(Refusal)) - {"not_sent"} | {DUPLICATE, NOT_FOUND}
_KEY: Final = re.compile(r"[!-~]{1,64}")
_SECRET: Final = re.compile(r"[!-~]{32}")
#: What phone credit (by its value) and data (by its size and packet_kind) are called as items.
PHONE: Final = re.compile(r"mobile-([1-9][0-9]{0,4})|data-([1-9][0-9]{0,6})-([1-6])")
_CODE: Final = re.compile(r"-?[0-9]{1,9}")
MAX_LINES: Final = 200
FIELDS: Final = (
    SettingField(
        "base_url", _("接口地址"), _("以 https:// 开头，不带路径；沙箱另有域名"), required=False, default=HOST
    ),
    SettingField("app_key", "app_key", _("开放平台「应用管理」里")),
    SettingField("app_secret", "app_secret", _("开放平台「应用管理」里的 32 位密钥"), secret=True),
    SettingField(
        "categories",
        _("只读这些一级分类"),
        _("一级分类编号，用逗号隔开；空为一次读全部，商品很多时要填"),
        required=False,
    ),
    SettingField(
        "guard",
        _("customer_price 填什么"),
        _("平台没有公开它与单价还是总价比较；买两件以上前先与对方确认"),
        "choice",
        required=False,
        default="unit",
        choices=(("unit", _("最高单价")), ("total", _("最高总价")), ("none", _("不填"))),
    ),
    SettingField(
        "order_price",
        _("order_price 是什么"),
        _("平台没有公开；不选时，买两件以上的订单不采信它"),
        "choice",
        required=False,
        default="",
        choices=(("", _("不知道")), ("unit", _("一件的价格")), ("total", _("全部的价格"))),
    ),
    SettingField(
        "answers",
        _("返回码的意思"),
        format_lazy(
            "{} {}",
            _("每行一个，如 1234=balance。平台不公开返回码，没写的一律当作结果不明。可用："),
            " ".join(sorted(MEANINGS)),
        ),
        "long",
        required=False,
    ),
    SettingField(
        "phone",
        _("话费与流量"),
        _(
            "每行一个：mobile-面值=进价，如 mobile-50=49.5；"
            "data-流量-类型=进价（类型 1 小时 2 日 3 周 4 月 5 半年 6 年）"
        ),
        "long",
        required=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One account. `answers`: code -> meaning; `phone`: item -> agreed cost; `guard`, `order_price`: see FIELDS."""

    url: str
    app_key: str
    categories: tuple[str, ...]
    guard: str
    order_price: str
    answers: Mapping[int, str]
    phone: Mapping[str, Decimal]
    currency: str
    secret: str = field(repr=False)

    @classmethod
    def of(cls, site: Site) -> "Settings":
        """Read a site. Raises ConfigProblem."""
        base_url = (_told(site, "base_url") or HOST).rstrip("/")
        if not http.is_safe_url(base_url) or "?" in base_url:
            raise ConfigProblem("base_url", "not_https")
        app_key = _told(site, "app_key")
        if not _KEY.fullmatch(app_key) or set(app_key) & set("<>&"):
            raise ConfigProblem("app_key", "malformed")
        secret = site.secrets.get("app_secret", "")
        if not _SECRET.fullmatch(secret):
            raise ConfigProblem("app_secret", "malformed")
        return cls(
            url=f"{base_url}/api/getway", app_key=app_key, categories=_categories(site),
            guard=_choice(site, "guard", ("unit", "total", "none")),
            order_price=_choice(site, "order_price", ("", "unit", "total")),
            answers=_answers(site), phone=_phone(site), currency=site.currency, secret=secret,
        )  # fmt: skip


def _told(site: Site, name: str) -> str:
    value: Any = site.config.get(name)
    return value.strip() if isinstance(value, str) else ""


def _choice(site: Site, name: str, words: tuple[str, ...]) -> str:
    found = _told(site, name) or words[0]
    if found not in words:
        raise ConfigProblem(name, "unknown")
    return found


def _categories(site: Site) -> tuple[str, ...]:
    found = tuple(filter(None, re.split(r"[,，\s]+", _told(site, "categories"))))
    if len(set(found)) != len(found) or not all(re.fullmatch(r"[0-9]{1,12}", one) for one in found):
        raise ConfigProblem("categories", "malformed")
    return found


def _lines(site: Site, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in filter(str.strip, _told(site, name).splitlines()):
        left, equals, right = line.partition("=")
        if not equals or left.strip() in found or len(found) >= MAX_LINES:
            raise ConfigProblem(name, "malformed")
        found[left.strip()] = right.strip()
    return found


def _answers(site: Site) -> dict[int, str]:
    found = _lines(site, "answers")
    for code, meaning in found.items():
        # 0 is success and nothing else.
        if not _CODE.fullmatch(code) or int(code) == 0 or meaning not in MEANINGS:
            raise ConfigProblem("answers", "malformed")
    return {int(code): meaning for code, meaning in found.items()}


def _phone(site: Site) -> dict[str, Decimal]:
    costs: dict[str, Decimal] = {}
    for item_id, told in _lines(site, "phone").items():
        cost = decimal(told)
        if not PHONE.fullmatch(item_id) or cost is None or cost <= 0:
            raise ConfigProblem("phone", "malformed")
        costs[item_id] = cost
    return costs
