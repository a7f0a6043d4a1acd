"""Settings of a WeChat Pay account, checked. Keys of `config`: see `Settings`; secrets: private_key, apiv3_key,
and, where buyers are to be asked for their openid, app_secret.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from goodfor.kernel.outbound import http
from goodfor.payments.providers import rsa
from goodfor.payments.providers.base import Account, ConfigProblem

BASE_URL = "https://api.mch.weixin.qq.com"
BACKUP_URL = "https://api2.mch.weixin.qq.com"
OAUTH_URL = "https://open.weixin.qq.com"
OAUTH_API_URL = "https://api.weixin.qq.com"
PUBLIC_KEY_PREFIX = "PUB_KEY_ID_"
METHODS = ("jsapi", "mini", "native", "h5", "app")
FUND_ACCOUNTS = ("BASIC", "OPERATION", "FEES")
KEY_MODES = ("public_key", "certificate", "both")
_APPID = re.compile(r"[0-9A-Za-z_-]{6,32}")
_MCHID = re.compile(r"[0-9]{6,32}")
_APP_SECRET = re.compile(r"[0-9A-Za-z_-]{16,64}")
_PLAN = re.compile(r"[1-9][0-9]{0,17}")
_SERIAL = re.compile(r"[0-9A-F]{8,64}")
_PUBLIC_KEY_ID = re.compile(PUBLIC_KEY_PREFIX + r"[0-9A-Za-z]{4,64}")


@dataclass(frozen=True, slots=True)
class Settings:
    """An account. `serial_no` names the merchant's own certificate.

    `key_mode`: with what WeChat signs: its fixed public key, its certificates, or either while one replaces the other.
    `split_percent`: how much of a payment may be shared out, as WeChat's console says.
    `backup_url` is asked where a question did not reach `base_url`. `mini_appid`, `app_appid`: `appid` where not given.
    `oauth_url`, `oauth_api_url`: where a buyer's browser is asked who pays, and where the answer is read.
    `papay_plan_id`: the template of contracts by which holders are charged; empty: nobody is.
    """

    owner: str
    appid: str
    mini_appid: str
    app_appid: str
    mchid: str
    serial_no: str
    key_mode: Literal["public_key", "certificate", "both"]
    public_key_id: str
    public_key: str
    profit_sharing: bool
    split_percent: int
    fund_account: str
    base_url: str
    backup_url: str
    oauth_url: str
    oauth_api_url: str
    papay_plan_id: str
    private_key: str = field(repr=False)
    apiv3_key: str = field(repr=False)
    app_secret: str = field(repr=False)

    @classmethod
    def of(cls, account: Account) -> "Settings":
        """Read an account. Raises ConfigProblem."""
        config, secrets = account.config, account.secrets
        mode = _text(config, "key_mode") or "public_key"
        if mode not in KEY_MODES:
            raise ConfigProblem("key_mode", "unknown")
        appid = _shaped(config, "appid", _APPID)
        base_url = _text(config, "base_url").rstrip("/") or BASE_URL
        fund_account = _text(config, "fund_account") or FUND_ACCOUNTS[0]
        if fund_account not in FUND_ACCOUNTS:
            raise ConfigProblem("fund_account", "unknown")
        return cls(
            owner=str(account.id),
            appid=appid,
            mini_appid=_shaped(config, "mini_appid", _APPID, optional=True) or appid,
            app_appid=_shaped(config, "app_appid", _APPID, optional=True) or appid,
            mchid=_shaped(config, "mchid", _MCHID),
            serial_no=_shaped(config, "serial_no", _SERIAL, upper=True),
            key_mode=mode,  # type: ignore[arg-type]
            public_key_id=_text(config, "public_key_id"),
            public_key=_text(config, "public_key"),
            profit_sharing=freezes(account),
            split_percent=_percent(config),
            fund_account=fund_account,
            base_url=base_url,
            # A stand-in has no second address unless it is given one.
            backup_url=_text(config, "backup_url").rstrip("/") or (BACKUP_URL if base_url == BASE_URL else ""),
            oauth_url=_text(config, "oauth_url").rstrip("/") or OAUTH_URL,
            oauth_api_url=_text(config, "oauth_api_url").rstrip("/") or OAUTH_API_URL,
            papay_plan_id=_shaped(config, "papay_plan_id", _PLAN, optional=True),
            private_key=secrets.get("private_key", ""),
            apiv3_key=secrets.get("apiv3_key", ""),
            app_secret=secrets.get("app_secret", "").strip(),
        )

    @property
    def uses_certificates(self) -> bool:
        """Whether WeChat may sign with a certificate."""
        return self.key_mode in ("certificate", "both")

    @property
    def uses_public_key(self) -> bool:
        """Whether WeChat may sign with its fixed public key."""
        return self.key_mode in ("public_key", "both")

    def appid_of(self, method: str) -> str:
        """The application that a method of paying belongs to."""
        return {"mini": self.mini_appid, "app": self.app_appid}.get(method, self.appid)

    def owns(self, mchid: object, appid: object) -> bool:
        """Whether something is about this merchant and one of its applications."""
        return mchid == self.mchid and appid in (self.appid, self.mini_appid, self.app_appid)


def freezes(account: Account) -> bool:
    """Whether what comes in is kept frozen for sharing."""
    return account.config.get("profit_sharing") in (True, "1", "true", "on")


def check(account: Account) -> None:
    """See `Provider.check`: yuan, ids, safe addresses, the keys of the mode."""
    settings = Settings.of(account)
    if account.currency != "CNY":
        raise ConfigProblem("currency", "not_supported")
    for name in ("base_url", "backup_url", "oauth_url", "oauth_api_url"):
        url = getattr(settings, name)
        if url and (not http.is_safe_url(url) or urlsplit(url).query):
            raise ConfigProblem(name, "not_https")
    try:
        rsa.private(settings.private_key)
    except ValueError:
        raise ConfigProblem("private_key", "malformed") from None
    if len(settings.apiv3_key) != 32 or not settings.apiv3_key.isascii():
        raise ConfigProblem("apiv3_key", "malformed")
    if settings.app_secret and not _APP_SECRET.fullmatch(settings.app_secret):
        raise ConfigProblem("app_secret", "malformed")
    if settings.uses_public_key:
        if not _PUBLIC_KEY_ID.fullmatch(settings.public_key_id):
            raise ConfigProblem("public_key_id", "malformed")
        try:
            rsa.public(settings.public_key)
        except ValueError:
            raise ConfigProblem("public_key", "malformed") from None


def _text(config: Any, name: str) -> str:
    value = config.get(name)
    return value.strip() if isinstance(value, str) else ""


def _percent(config: Any) -> int:
    text = _text(config, "split_percent") or "30"
    if not (len(text) <= 3 and text.isascii() and text.isdigit() and 0 < int(text) <= 100):
        raise ConfigProblem("split_percent", "malformed")
    return int(text)


def _shaped(config: Any, name: str, shape: re.Pattern[str], *, optional: bool = False, upper: bool = False) -> str:
    text = _text(config, name)
    text = text.upper() if upper else text
    if not (optional and not text) and not shape.fullmatch(text):
        raise ConfigProblem(name, "malformed")
    return text
