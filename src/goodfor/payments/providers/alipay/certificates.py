"""Certificates of Alipay's certificate mode, pure: their numbers, and whether one may be trusted now.

A number (SN) is the MD5, in hex, of the issuer's name followed by the decimal serial number. The number of the roots
is those of all RSA certificates among them, joined with `_`; the SM2 ones do not count. Any merchant's certificate
comes from the same roots, so only the certificate that was configured speaks for Alipay, never just one with a chain.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa as rsa_keys
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")
_RSA_SIGNATURES = "1.2.840.113549.1.1."
_MAX_DEPTH = 5


@lru_cache(maxsize=32)
def load(pem: str) -> tuple[x509.Certificate, ...]:
    """The RSA certificates in a text, in their order; others (SM2) are left out. Raises ValueError if there is none."""
    found = []
    for match in _PEM.finditer(pem):
        try:
            certificate = x509.load_pem_x509_certificate(match.group().encode())
            key = certificate.public_key()
        except (ValueError, UnsupportedAlgorithm):
            continue
        rsa_signed = certificate.signature_algorithm_oid.dotted_string.startswith(_RSA_SIGNATURES)
        if rsa_signed and isinstance(key, rsa_keys.RSAPublicKey):
            found.append(certificate)
    if not found:
        raise ValueError("no RSA certificate")
    return tuple(found)


def serial(certificate: x509.Certificate) -> str:
    """The number of one certificate."""
    text = certificate.issuer.rfc4514_string() + str(certificate.serial_number)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def root_serial(roots: Sequence[x509.Certificate]) -> str:
    """The number of the roots."""
    return "_".join(serial(root) for root in roots)


def public_pem(certificate: x509.Certificate) -> str:
    """Its public key as PEM."""
    return certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def is_authority(certificate: x509.Certificate) -> bool:
    """True when it may issue others."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def leaves(certificates: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Those that sign messages, not others' certificates."""
    return tuple(one for one in certificates if not is_authority(one))


def is_trusted(
    leaf: x509.Certificate,
    between: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    now: datetime | None,
) -> bool:
    """True when a chain of signatures leads from `leaf` to a root; with `now` (aware), when all of it is valid then."""
    if leaf in roots:
        return False
    current, ahead = leaf, _MAX_DEPTH
    while ahead and _is_valid(current, now):
        if any(_issued(current, root) and _is_valid(root, now) for root in roots):
            return True
        issuer = next(_issuers(current, between), None)
        if issuer is None:
            return False
        current, ahead = issuer, ahead - 1
    return False


def _issuers(certificate: x509.Certificate, among: Sequence[x509.Certificate]) -> Iterator[x509.Certificate]:
    return (one for one in among if one != certificate and _issued(certificate, one))


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if not is_authority(issuer):
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _is_valid(certificate: x509.Certificate, now: datetime | None) -> bool:
    return now is None or certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
