"""Certificates made for tests: a root, one between, and leaves."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from goodfor.sandbox.keys import derive_private_key

START = datetime(2025, 1, 1, tzinfo=UTC)
PLATFORM_KEY, MERCHANT_KEY = derive_private_key("finance-platform"), derive_private_key("finance-merchant")


def name(common: str) -> x509.Name:
    oids = (NameOID.COUNTRY_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.COMMON_NAME)
    return x509.Name([x509.NameAttribute(o, t) for o, t in zip(oids, ("CN", "Antelope", "CA", common), strict=True)])


def certificate(
    subject: str,
    key: RSAPrivateKey,
    issuer: str,
    issuer_key: RSAPrivateKey | ec.EllipticCurvePrivateKey,
    *,
    authority: bool = False,
    days: int = 3650,
    serial: int = 10**30,
) -> str:
    built = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
    return built.public_bytes(Encoding.PEM).decode()
