"""Settings of an account at Lsxd, checked.

Their list of products does not say what account a product wants, nor what else is asked: that is written down here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.outbound import http
from goodfor.supply.providers.base import SettingField
from goodfor.supply.providers.values import ConfigProblem, Site

_MERCHANT: Final = re.compile(r"[0-9A-Za-z_-]{1,32}")
_KEY: Final = re.compile(r"[!-~]{6,128}")
_LINE: Final = re.compile(r"(\*|[0-9A-Za-z_-]{1,32})[ \t]+([012])((?:[ \t]+[A-Za-z]{1,32})*)")
MAX_LINES: Final = 500
FIELDS: Final = (
    SettingField("base_url", _("接口地址"), _("以 https:// 开头的域名，不带路径")),
    SettingField("merchant_id", _("商户号"), "merchantId"),
    SettingField("key", _("签名密钥"), _("对方给的签名密钥"), secret=True),
    SettingField(
        "products", _("商品所需的信息"),
        _("每行一个商品：商品编号、账号类型（1 手机号，2 QQ 号，0 其他）、还要问买家的参数名，用空格隔开；"
        "编号写 * 表示其余商品"), "long", required=False, default="* 0",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Needs:
    """What a product wants: `account` 1 mobile, 2 QQ, 0 other; `asked` names of `extendParameter`."""

    account: int = 0
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """One account."""

    base_url: str
    merchant_id: str
    products: Mapping[str, Needs]
    currency: str
    key: str = field(repr=False)

    @classmethod
    def of(cls, site: Site) -> "Settings":
        """Read a site. Raises ConfigProblem."""
        base_url = str(site.config.get("base_url", "")).strip().rstrip("/")
        if not http.is_safe_url(base_url) or "?" in base_url:
            raise ConfigProblem("base_url", "not_https")
        merchant_id = str(site.config.get("merchant_id", "")).strip()
        if not _MERCHANT.fullmatch(merchant_id):
            raise ConfigProblem("merchant_id", "malformed")
        products = _products(str(site.config.get("products") or ""))
        key = site.secrets.get("key", "")
        if not _KEY.fullmatch(key):
            raise ConfigProblem("key", "malformed")
        return cls(base_url, merchant_id, products, site.currency, key)

    def needs(self, item_id: str) -> Needs:
        """What is written down for this product, else for all others."""
        return self.products.get(item_id) or self.products.get("*") or Needs()


def _products(written: str) -> dict[str, Needs]:
    found: dict[str, Needs] = {}
    lines = [line.strip() for line in written.splitlines() if line.strip()]
    if len(lines) > MAX_LINES:
        raise ConfigProblem("products", "too_many")
    for line in lines:
        parts = _LINE.fullmatch(line)
        if parts is None or parts[1] in found:
            raise ConfigProblem("products", "malformed")
        found[parts[1]] = Needs(int(parts[2]), tuple(parts[3].split()))
    return found
