"""With which key WeChat signs: its fixed public key, or certificates that are fetched and kept in this process.

A certificate is trusted because it comes sealed with the APIv3 key that only the merchant and WeChat know; the
reply that brings it must be signed by one of those it brings. It is not trusted outside of its own time.
"""

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from goodfor.payments.providers import rsa
from goodfor.payments.providers.wechat import shapes, signing
from goodfor.payments.providers.wechat.settings import PUBLIC_KEY_PREFIX, Settings
from goodfor.payments.providers.wechat.shapes import BadReply

FRESH_SECONDS: Final = 300
REFRESH_AFTER: Final = timedelta(hours=12)
#: However many unknown serials come, nobody makes us ask more often.
ASK_AGAIN: Final = timedelta(seconds=60)
_MAX_ACCOUNTS: Final = 1024
_HEADERS: Final = ("timestamp", "nonce", "signature", "serial")


@dataclass(frozen=True, slots=True)
class PlatformCertificate:
    """A certificate of WeChat's: `serial` in upper-case hex, `public_key` as PEM."""

    serial: str
    public_key: str
    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it is trusted at this time."""
        return self.since <= now < self.until


@dataclass(slots=True)
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    certificates: tuple[PlatformCertificate, ...] = ()
    fetched_at: datetime | None = None
    tried_at: datetime | None = None


#: Fetches the certificates of an account; raises whatever a call raises.
Fetch = Callable[[Settings, datetime], tuple[PlatformCertificate, ...]]
_kept: dict[tuple[str, ...], _Kept] = {}
_kept_lock = threading.Lock()


def forget() -> None:
    """Forget all certificates (tests)."""
    with _kept_lock:
        _kept.clear()


def verify(settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime, fetch: Fetch) -> None:
    """Check the signature and the time of a reply or notice; header names in lower case.

    Raises BadReply: unsigned, signtest, bad_signature, unknown_serial, stale. `fetch` may be called, and what it raises
    means that the serial is not known.
    """
    timestamp, nonce, signature, serial = (headers.get(f"wechatpay-{name}", "") for name in _HEADERS)
    if signature.startswith(signing.PROBE_MARK):
        raise BadReply("signtest")
    if not signature or not serial:
        raise BadReply("unsigned")
    if headers.get("wechatpay-signature-type", signing.SCHEME) != signing.SCHEME:
        raise BadReply("bad_signature")
    key = key_of(settings, serial, now, fetch)
    if key is None:
        raise BadReply("unknown_serial")
    if not rsa.verify(signing.reply_message(timestamp, nonce, body), signature, key):
        raise BadReply("bad_signature")
    require_fresh(timestamp, now)


def require_fresh(timestamp: str, now: datetime) -> None:
    """Raises BadReply("stale") unless it is unix seconds less than 300 s from now, both ways."""
    plain = 0 < len(timestamp) <= 12 and timestamp.isascii() and timestamp.isdigit()
    if not plain or abs(int(timestamp) - now.timestamp()) >= FRESH_SECONDS:
        raise BadReply("stale")


def key_of(settings: Settings, serial: str, now: datetime, fetch: Fetch) -> str | None:
    """The public key that a serial or id names, or None."""
    if serial.startswith(PUBLIC_KEY_PREFIX):
        return settings.public_key if settings.uses_public_key and serial == settings.public_key_id else None
    if not settings.uses_certificates or len(serial) > 64:
        return None
    found = [c for c in _certificates(settings, serial.upper(), now, fetch) if c.serial == serial.upper()]
    return found[0].public_key if found and found[0].holds(now) else None


def key_for_secrets(settings: Settings, now: datetime, fetch: Fetch) -> tuple[str, str]:
    """(id or serial, public key) that personal data are encrypted with. Raises BadReply("no_platform_key")."""
    if settings.uses_public_key:
        return settings.public_key_id, settings.public_key
    good = [c for c in _certificates(settings, "", now, fetch) if c.holds(now)]
    if not good:
        raise BadReply("no_platform_key")
    newest = max(good, key=lambda c: c.since)
    return newest.serial, newest.public_key


def _certificates(settings: Settings, serial: str, now: datetime, fetch: Fetch) -> tuple[PlatformCertificate, ...]:
    """What is kept, refreshed where it is old or lacks `serial`. Others of the account wait for the one that asks."""
    entry = (settings.owner, settings.mchid, settings.base_url)
    with _kept_lock:
        if len(_kept) >= _MAX_ACCOUNTS and entry not in _kept:
            _kept.clear()
        kept = _kept.setdefault(entry, _Kept())
    with kept.lock:
        known = not serial or any(c.serial == serial for c in kept.certificates)
        old = kept.fetched_at is None or abs(now - kept.fetched_at) >= REFRESH_AFTER
        rested = kept.tried_at is None or abs(now - kept.tried_at) >= ASK_AGAIN
        if rested and (old or not known or not kept.certificates):
            kept.tried_at = now
            # Where it fails the old ones go on, as long as they hold.
            with contextlib.suppress(BadReply):
                kept.certificates, kept.fetched_at = fetch(settings, now), now
        return kept.certificates


def read_certificates(
    settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime
) -> tuple[PlatformCertificate, ...]:
    """The certificates in a reply of GET /v3/certificates, which one of them must have signed. Raises BadReply."""
    try:
        listed = shapes.read_object(body).get("data")
        if not isinstance(listed, list) or not 0 < len(listed) <= 32:
            raise ValueError
        found = tuple(_certificate(settings, item) for item in listed)
    except ValueError:
        raise BadReply("bad_certificate") from None
    by_serial = {c.serial: c for c in found}
    signer = headers.get("wechatpay-serial", "")
    if settings.uses_public_key and signer.startswith(PUBLIC_KEY_PREFIX):
        # While the public key replaces the certificates, either may sign.
        key = settings.public_key if signer == settings.public_key_id else None
    else:
        certificate = by_serial.get(signer.upper())
        key = certificate.public_key if certificate and certificate.holds(now) else None
    timestamp, nonce = headers.get("wechatpay-timestamp", ""), headers.get("wechatpay-nonce", "")
    signature = headers.get("wechatpay-signature", "")
    if key is None or not rsa.verify(signing.reply_message(timestamp, nonce, body), signature, key):
        raise BadReply("bad_signature")
    require_fresh(timestamp, now)
    return found


def _certificate(settings: Settings, item: Any) -> PlatformCertificate:
    """One of the list, unsealed. Raises ValueError."""
    if not isinstance(item, dict):
        raise ValueError
    sealed = shapes.inner(item, "encrypt_certificate")
    parts = [sealed.get(name, "") for name in ("nonce", "associated_data", "ciphertext")]
    if sealed.get("algorithm") != "AEAD_AES_256_GCM" or not all(isinstance(part, str) for part in parts):
        raise ValueError
    certificate = x509.load_pem_x509_certificate(signing.unseal(settings.apiv3_key, *parts))
    serial = f"{certificate.serial_number:X}"
    said = item.get("serial_no")
    if not isinstance(said, str) or said.upper().lstrip("0") != serial:
        raise ValueError
    pem = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    rsa.public(pem)
    # Both times are given twice; the narrower counts.
    since = max(filter(None, (certificate.not_valid_before_utc, shapes.moment(item.get("effective_time")))))
    until = min(filter(None, (certificate.not_valid_after_utc, shapes.moment(item.get("expire_time")))))
    return PlatformCertificate(said.upper(), pem, since, until)
