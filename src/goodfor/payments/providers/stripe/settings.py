"""An account at Stripe: its configuration and secrets, checked. Pure."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from goodfor.kernel.outbound import http
from goodfor.kernel.outbound.deadline import is_loopback
from goodfor.payments.providers.base import Account, ConfigProblem

BASE_URL = "https://api.stripe.com"
#: The API moves monthly. The replies that we read were written down for this one; `api_version` in config overrides it.
API_VERSION = "2026-10-28.endive"
#: Stripe wants it loaded from there, and from nowhere else.
SCRIPT_URL = "https://js.stripe.com/v3/"
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]{1,32})?")
_SECRET_KEY = re.compile(r"(sk|rk)_(test|live)_[0-9A-Za-z_]{8,240}")
_PUBLISHABLE_KEY = re.compile(r"pk_(test|live)_[0-9A-Za-z_]{8,240}")
_WEBHOOK_SECRET = re.compile(r"whsec_[0-9A-Za-z_+/=-]{8,240}")
_METHOD_TYPE = re.compile(r"[a-z0-9_]{1,32}")


@dataclass(frozen=True, slots=True)
class Settings:
    """`livemode`: real money; it is what the secret key says, and replies and events must say the same.

    `payment_method_types`: which ways to pay are offered; empty: those switched on in the dashboard.
    `connected`: the account (acct_...) whose events come, where the key belongs to a platform. `submit_evidence` False:
    evidence is only put down as a draft. `mandates`: cards may be kept, to be charged again.
    `script_url`: Stripe's script for the page; a stand-in's only on this machine, where the installation allows it.
    """

    base_url: str
    api_version: str
    livemode: bool
    publishable_key: str
    connected: str
    script_url: str
    payment_method_types: tuple[str, ...]
    submit_evidence: bool
    mandates: bool
    secret_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    @classmethod
    def of(cls, account: Account) -> "Settings":
        """Read an account. Raises ConfigProblem."""
        config, secrets = account.config, account.secrets
        secret_key = secrets.get("secret_key", "").strip()
        found = _SECRET_KEY.fullmatch(secret_key)
        if found is None:
            raise ConfigProblem("secret_key", "malformed" if secret_key else "missing")
        livemode = _flag(config.get("livemode", found[2] == "live"), "livemode")
        if livemode != (found[2] == "live"):
            raise ConfigProblem("livemode", "mismatch")
        version = str(config.get("api_version") or API_VERSION)
        if _VERSION.fullmatch(version) is None:
            raise ConfigProblem("api_version", "malformed")
        connected = str(config.get("account", ""))
        if connected and re.fullmatch(r"acct_[0-9A-Za-z]{1,60}", connected) is None:
            raise ConfigProblem("account", "malformed")
        return cls(
            base_url=str(config.get("base_url") or BASE_URL).rstrip("/"),
            api_version=version,
            livemode=livemode,
            publishable_key=_publishable(str(config.get("publishable_key", "")).strip(), livemode=livemode),
            connected=connected,
            script_url=_script(str(config.get("script_url") or SCRIPT_URL)),
            payment_method_types=_method_types(config.get("payment_method_types", "")),
            submit_evidence=_flag(config.get("submit_evidence", True), "submit_evidence"),
            mandates=_flag(config.get("mandates", False), "mandates"),
            secret_key=secret_key,
            webhook_secret=secrets.get("webhook_secret", "").strip(),
        )

    def check(self, account: Account) -> None:
        """What a call does not need to look at each time. Raises ConfigProblem."""
        if not http.is_safe_url(self.base_url) or "?" in self.base_url:
            raise ConfigProblem("base_url", "not_https")
        if _WEBHOOK_SECRET.fullmatch(self.webhook_secret) is None:
            raise ConfigProblem("webhook_secret", "malformed" if self.webhook_secret else "missing")
        if "intent" in account.methods and not self.publishable_key:
            raise ConfigProblem("publishable_key", "missing")


def _script(url: str) -> str:
    """A buyer types his card into what this brings: it is Stripe's own or, for play, a stand-in's on this machine."""
    host = urlsplit(url).hostname or ""
    if url != SCRIPT_URL and not (is_loopback(host) and http.is_safe_url(url)):
        raise ConfigProblem("script_url", "not_allowed")
    return url


def _flag(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigProblem(name, "malformed")
    return value


def _publishable(key: str, *, livemode: bool) -> str:
    if not key:
        return ""
    found = _PUBLISHABLE_KEY.fullmatch(key)
    if found is None:
        # A secret key put here by mistake would be given to every buyer.
        raise ConfigProblem("publishable_key", "malformed")
    if (found[1] == "live") != livemode:
        raise ConfigProblem("publishable_key", "mismatch")
    return key


def _method_types(value: object) -> tuple[str, ...]:
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(parts, list) or len(parts) > 32:
        raise ConfigProblem("payment_method_types", "malformed")
    types = tuple(str(part) for part in parts if part)
    if any(_METHOD_TYPE.fullmatch(part) is None for part in types):
        raise ConfigProblem("payment_method_types", "malformed")
    return types
