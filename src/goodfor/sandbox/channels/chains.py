"""Certificates that the stand-ins hand out. Keys, serials and dates are fixed, so every start has the same ones."""

import datetime
import hashlib
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from goodfor.sandbox.channels import demo
from goodfor.sandbox.keys import derive_private_key

ROOT_KEY_NAME = demo.OTHER_KEY_NAME
_FROM = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip
_UNTIL = datetime.datetime(2045, 1, 1, tzinfo=datetime.UTC)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Sandbox"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


@cache
def root(common: str) -> x509.Certificate:
    """A root that signs itself."""
    return _made(common, common, ROOT_KEY_NAME, serial=1001, is_ca=True)


@cache
def leaf(common: str, key_name: str, serial: int, root_name: str) -> x509.Certificate:
    """A certificate below that root."""
    return _made(common, root_name, key_name, serial=serial, is_ca=False)


def _made(common: str, issuer: str, key_name: str, *, serial: int, is_ca: bool) -> x509.Certificate:
    key = derive_private_key(key_name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    # As a public authority writes them: a strict check of the chain asks for both.
    usage = dict.fromkeys(_USAGES, False)
    usage |= {"key_cert_sign": True, "crl_sign": True} if is_ca else {"digital_signature": True}
    builder = builder.add_extension(x509.KeyUsage(**usage), critical=True)
    if not is_ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        issuer_key = derive_private_key(ROOT_KEY_NAME).public_key()
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False
        ).add_extension(x509.SubjectAlternativeName([x509.DNSName(common)]), critical=False)
    return builder.sign(derive_private_key(ROOT_KEY_NAME), hashes.SHA256())


def pem(*certificates: x509.Certificate) -> str:
    """The certificates as PEM, one after the other."""
    return "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in certificates)


def serial_digest(certificate: x509.Certificate) -> str:
    """Alipay's name of a certificate: MD5 hex of the issuer's DN, most specific part first, and the decimal serial."""
    text = certificate.issuer.rfc4514_string() + str(certificate.serial_number)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


ALIPAY_ROOT_NAME = "Sandbox Alipay root"


def alipay_app_certificate() -> x509.Certificate:
    """The application's certificate, over the merchant's key."""
    return leaf("Sandbox application", demo.MERCHANT_KEY_NAME, 2001, ALIPAY_ROOT_NAME)


def alipay_public_certificate() -> x509.Certificate:
    """Alipay's own certificate, over the platform's key."""
    return leaf("Sandbox Alipay", demo.PLATFORM_KEY_NAME, 2002, ALIPAY_ROOT_NAME)


def alipay_root_certificate() -> x509.Certificate:
    """The root of both."""
    return root(ALIPAY_ROOT_NAME)
