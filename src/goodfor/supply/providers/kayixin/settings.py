"""Settings of an account at a Kayixin site, checked."""

import re
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.outbound import http
from goodfor.supply.providers.base import SettingField
from goodfor.supply.providers.values import ConfigProblem, Site

_APP: Final = re.compile(r"[0-9A-Za-z_-]{1,32}")
_SECRET: Final = re.compile(r"[!-~]{32}")
FIELDS: Final = (
    SettingField("base_url", _("站点地址"), _("以 https:// 开头的站点域名，不带路径")),
    SettingField("app_id", _("客户编号"), _("站点「API 对接」里的编号")),
    SettingField("secret", _("签名密钥"), _("站点「API 对接」里的 32 位密钥"), secret=True),
    SettingField(
        "empty_body", _("没有参数时的签名"), _("少数站点对空内容按 {} 验签；测试提示签名不对时再改"), "choice",
        required=False, default="", choices=(("", _("空内容")), ("{}", "{}")),
    ),
    SettingField(
        "used_time", _("卡密查询结果写明使用时间"),
        _("站点在查询结果的文字里写使用时间（北京时间）时才打开，售后会据此判断是领取前还是领取后用掉的"), "flag",
        required=False,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """One account. `empty_body`: what is sent and signed where a call has no parameters."""

    base_url: str
    app_id: str
    empty_body: bytes
    currency: str
    secret: str = field(repr=False)
    #: The words of a used card say when it was used.
    used_time: bool = False

    @classmethod
    def of(cls, site: Site) -> "Settings":
        """Read a site. Raises ConfigProblem."""
        base_url = str(site.config.get("base_url", "")).strip().rstrip("/")
        if not http.is_safe_url(base_url) or "?" in base_url:
            raise ConfigProblem("base_url", "not_https")
        app_id = str(site.config.get("app_id", "")).strip()
        if not _APP.fullmatch(app_id):
            raise ConfigProblem("app_id", "malformed")
        empty = site.config.get("empty_body", "")
        if empty not in ("", "{}"):
            raise ConfigProblem("empty_body", "unknown")
        secret = site.secrets.get("secret", "")
        if not _SECRET.fullmatch(secret):
            raise ConfigProblem("secret", "malformed")
        return cls(base_url, app_id, str(empty).encode(), site.currency, secret, bool(site.config.get("used_time")))
