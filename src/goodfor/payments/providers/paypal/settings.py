"""An account at PayPal: its configuration and secrets, checked. Pure."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal
from urllib.parse import urlsplit

from cryptography import x509

from goodfor.kernel.outbound import http
from goodfor.payments.providers.base import Account, ConfigProblem

BASE_URL: Final = "https://api-m.paypal.com"
#: Where certificates may come from, and whose name they must bear: this domain and all below it.
CERT_DOMAIN: Final = "paypal.com"
#: Of the currencies that we know. Yuan and won cannot be taken there from abroad.
CURRENCIES: Final = frozenset({"USD", "EUR", "HKD", "GBP", "SGD", "JPY"})
_WORD = re.compile(r"[0-9A-Za-z_.-]{1,255}")
_HOST = re.compile(r"[0-9a-z.:-]{1,255}")


@dataclass(frozen=True, slots=True)
class Settings:
    """`merchant_id`: who must be paid, empty: not looked at. `verify`: how events are verified.

    `cert_hosts`: further hosts (with a port) and names of certificates, for stand-ins; `root_cert`: PEM of the roots
    instead of the system's. `notify_age`: an event as old as that is still taken (they repeat for days).
    """

    base_url: str
    client_id: str
    merchant_id: str
    webhook_id: str
    verify: Literal["cert", "api"]
    cert_hosts: frozenset[str]
    root_cert: str
    notify_age: timedelta
    brand: str
    secret: str = field(repr=False)

    @classmethod
    def of(cls, account: Account) -> "Settings":
        """Read an account. Raises ConfigProblem."""
        config = account.config
        return cls(
            base_url=str(config.get("base_url") or BASE_URL).rstrip("/"),
            client_id=_word(config.get("client_id", ""), "client_id", required=True),
            merchant_id=_word(config.get("merchant_id", ""), "merchant_id"),
            webhook_id=_word(config.get("webhook_id", ""), "webhook_id", required=True),
            verify=_verify(config.get("verify") or "cert"),
            cert_hosts=_hosts(config.get("cert_hosts", [])),
            root_cert=str(config.get("root_cert", "")),
            notify_age=_age(config.get("notify_age_seconds", 3 * 86_400)),
            brand="".join(c for c in str(config.get("brand_name", "")) if c.isprintable())[:127],
            secret=_secret(account),
        )

    def check(self, account: Account) -> None:
        """What a call does not need to look at each time. Raises ConfigProblem."""
        if account.currency not in CURRENCIES:
            raise ConfigProblem("currency", "not_supported")
        if not http.is_safe_url(self.base_url) or urlsplit(self.base_url).query:
            raise ConfigProblem("base_url", "not_https")
        if self.root_cert:
            try:
                x509.load_pem_x509_certificates(self.root_cert.encode())
            except ValueError:
                raise ConfigProblem("root_cert", "malformed") from None


def _verify(value: object) -> Literal["cert", "api"]:
    if value == "cert":
        return "cert"
    if value == "api":
        return "api"
    raise ConfigProblem("verify", "unknown")


def _word(value: object, name: str, *, required: bool = False) -> str:
    text = value.strip() if isinstance(value, str) else "?"
    if not text and not required:
        return ""
    if _WORD.fullmatch(text) is None:
        raise ConfigProblem(name, "malformed" if text else "missing")
    return text


def _secret(account: Account) -> str:
    secret = account.secrets.get("client_secret", "").strip()
    if _WORD.fullmatch(secret) is None:
        raise ConfigProblem("client_secret", "malformed" if secret else "missing")
    return secret


def _hosts(value: object) -> frozenset[str]:
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or len(parts) > 16:
        raise ConfigProblem("cert_hosts", "malformed")
    hosts = frozenset(str(part).lower() for part in parts if part)
    if any(_HOST.fullmatch(host) is None for host in hosts):
        raise ConfigProblem("cert_hosts", "malformed")
    return hosts


def _age(value: object) -> timedelta:
    if type(value) is not int or not 300 <= value <= 30 * 86_400:
        raise ConfigProblem("notify_age_seconds", "malformed")
    return timedelta(seconds=value)
