"""HTTP message signatures (RFC 9421) over requests to our API. Pure: time and keys are passed in.

A signature covers `@method`, the target (`@target-uri`, or `@path` and `@query`), `content-digest` (RFC 9530) when
there is a body, and `idempotency-key` when that header is sent; its parameters hold `created`, `keyid` and `nonce`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    MappingKeyResolver,
    VerifyResult,
)
from http_message_signatures.algorithms import ED25519, HMAC_SHA256

from goodfor.identity.errors import InvalidSignature, SignatureExpired
from goodfor.identity.types import SignedRequest, SigningAlgorithm

WINDOW = timedelta(seconds=300)
SKEW = timedelta(seconds=30)
NONCE_LENGTHS = range(8, 65)
_ALGORITHMS: Mapping[str, type[HTTPSignatureAlgorithm]] = {
    SigningAlgorithm.ED25519: ED25519,
    SigningAlgorithm.HMAC_SHA256: HMAC_SHA256,
}
_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Verified:
    """A good signature: its nonce, and until when the nonce has to be remembered."""

    nonce: str
    remember_until: datetime


class _Verifier(HTTPMessageVerifier):
    """The library's verifier with our window and with the time passed in instead of the clock."""

    def __init__(self, *, now: datetime, **options: Any) -> None:
        super().__init__(**options)
        self._now = now

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:  # noqa: ARG002
        """Raises SignatureExpired outside of the window, InvalidSignature without a usable `created`."""
        created = _instant(sig_input.params.get("created"))
        if created is None:
            raise InvalidSignature(reason="created")
        if not self._now - WINDOW <= created <= self._now + SKEW:
            raise SignatureExpired
        if "expires" in sig_input.params:
            expires = _instant(sig_input.params["expires"])
            if expires is None or expires <= self._now:
                raise SignatureExpired


def verify(request: SignedRequest, *, algorithm: str, key: bytes, key_id: str, now: datetime) -> Verified:
    """Check the one signature of a request made with `key` (raw Ed25519 public key, or HMAC secret).

    Raises InvalidSignature (data `reason`: malformed, covers, nonce, created), SignatureExpired.
    """
    try:
        verifier = _Verifier(
            now=now,
            signature_algorithm=_ALGORITHMS[algorithm],
            key_resolver=MappingKeyResolver(
                public_keys={
                    key_id: Ed25519PublicKey.from_public_bytes(key) if algorithm == SigningAlgorithm.ED25519 else key
                },
                private_keys={},
            ),
        )
        results = verifier.verify(request, max_age=None, body=request.body)
    except (HTTPMessageSignaturesException, ValueError, KeyError, TypeError) as error:
        # The library's words may quote the request: they stay out of the answer.
        raise InvalidSignature(reason="malformed") from error
    if len(results) != 1:
        raise InvalidSignature(reason="malformed")
    _check_coverage(results[0], request)
    nonce = results[0].nonce
    if not isinstance(nonce, str) or len(nonce) not in NONCE_LENGTHS:
        raise InvalidSignature(reason="nonce")
    created = _instant(results[0].parameters.get("created"))
    assert created is not None  # the verifier refused it otherwise
    return Verified(nonce, created + WINDOW + SKEW)


def _check_coverage(result: VerifyResult, request: SignedRequest) -> None:
    """Raises InvalidSignature when something that matters is outside of the signature."""
    covered = set(result.covered_components)
    sent = {name.lower() for name in request.headers}
    target = '"@target-uri"' in covered or {'"@path"', '"@query"'} <= covered
    digest = not request.body or '"content-digest"' in covered
    key = "idempotency-key" not in sent or '"idempotency-key"' in covered
    if not ('"@method"' in covered and target and digest and key):
        raise InvalidSignature(reason="covers")


def _instant(value: Any) -> datetime | None:
    """A Unix time in whole seconds as an aware instant; None when it is no such thing."""
    if type(value) is not int or not 0 <= value <= _LATEST:
        return None
    return datetime.fromtimestamp(value, UTC)
