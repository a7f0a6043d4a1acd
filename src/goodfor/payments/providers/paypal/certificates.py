"""Certificates that PayPal signs its events with, fetched once a day, from PayPal only."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa

from goodfor.kernel.outbound import http
from goodfor.payments.providers.base import NotifyProblem
from goodfor.payments.providers.paypal import signing
from goodfor.payments.providers.paypal.settings import Settings

_KEPT: Final = 32
_FRESH: Final = timedelta(days=1)
#: A stranger's callbacks must not make us call out as often as he likes.
_FETCHES: Final = 20
_PER: Final = timedelta(minutes=1)
_MAX_URL: Final = 512


@dataclass(slots=True)
class _Cache:
    """What this process fetched: public data, found by URL and by the settings that judge it."""

    pems: dict[str, tuple[datetime, bytes]] = field(default_factory=dict)
    fetched: list[datetime] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def known(self, url: str, now: datetime) -> bytes | None:
        with self.lock:
            held = self.pems.get(url)
        return held[1] if held and abs(now - held[0]) < _FRESH else None

    def may_fetch(self, now: datetime) -> bool:
        with self.lock:
            self.fetched = [at for at in self.fetched if abs(now - at) < _PER]
            if len(self.fetched) >= _FETCHES:
                return False
            self.fetched.append(now)
            return True

    def keep(self, url: str, pem: bytes, now: datetime) -> None:
        with self.lock:
            self.pems.pop(url, None)
            while len(self.pems) >= _KEPT:
                self.pems.pop(next(iter(self.pems)))
            self.pems[url] = (now, pem)


CACHE: Final = _Cache()


def is_allowed(url: str, settings: Settings) -> bool:
    """An https address under paypal.com, or at a host that the configuration names (with its port)."""
    if len(url) > _MAX_URL or not url.isascii() or not url.isprintable() or not http.is_safe_url(url):
        return False
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.netloc.lower() in settings.cert_hosts:
        return True
    return parts.scheme == "https" and parts.port in (None, 443) and signing.is_paypal(host, frozenset())


def key_of(url: str, settings: Settings, now: datetime) -> rsa.RSAPublicKey:
    """The key behind the address, its chain checked now. Raises NotifyProblem."""
    if not is_allowed(url, settings):
        raise NotifyProblem("foreign_certificate")
    pem = CACHE.known(url, now) or _fetched(url, now)
    names = frozenset(host.partition(":")[0] for host in settings.cert_hosts)
    try:
        key = signing.trusted_key(pem, settings.root_cert, names, now)
    except signing.Untrusted:
        raise NotifyProblem("untrusted_certificate") from None
    CACHE.keep(url, pem, now)
    return key


def _fetched(url: str, now: datetime) -> bytes:
    if not CACHE.may_fetch(now):
        raise NotifyProblem("certificate_unavailable")
    try:
        reply = http.send("GET", url, headers={"accept": "*/*"})
    except (http.NotSent, http.NoAnswer):
        raise NotifyProblem("certificate_unavailable") from None
    if reply.status != 200:
        raise NotifyProblem("certificate_unavailable")
    return reply.body
