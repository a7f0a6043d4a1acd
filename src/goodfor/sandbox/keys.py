"""RSA keys for tests and demos, derived from a name instead of stored. Pure. Never use them for real money.

For a name N and letter x in {p, q}: base = big-endian integer of SHA512("N-x:0") || SHA512("N-x:1") with bits
1023, 1022 and 0 set; prime = base + offset; e = 65537; the larger prime is p. The offsets below are the distance
to the next prime; each derived key is checked against the SHA-256 of its public key (SPKI DER).
"""

import hashlib
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicKey,
    RSAPublicNumbers,
)

_EXPONENT = 65537


@dataclass(frozen=True)
class _Recipe:
    offset_p: int
    offset_q: int
    spki_sha256: str


_RECIPES = {
    "finance-merchant": _Recipe(370, 276, "dbd28ae241d8dad55e9e1e2089b4ed6f8127d8417fdf0a1d1c4ba5edbab18775"),
    "finance-platform": _Recipe(80, 1802, "ce080e68db9a19d9f7358ae59dc492b8bc12a919128079c056089e8784a99ad5"),
    "sandbox-merchant-1002": _Recipe(808, 1246, "07c5e4c6a12e14268b11a84022c01e53934e86646a225f462b6603b170b98f05"),
}


def _prime(name: str, letter: str, offset: int) -> int:
    digest = b"".join(hashlib.sha512(f"{name}-{letter}:{half}".encode()).digest() for half in (0, 1))
    return (int.from_bytes(digest, "big") | 1 << 1023 | 1 << 1022 | 1) + offset


@cache
def derive_private_key(name: str) -> RSAPrivateKey:
    """The 2048-bit key of that name. Raises KeyError for a name without offsets, ValueError if it is not the key."""
    recipe = _RECIPES[name]
    first, second = _prime(name, "p", recipe.offset_p), _prime(name, "q", recipe.offset_q)
    p, q = max(first, second), min(first, second)
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    public = RSAPublicNumbers(_EXPONENT, p * q)
    key = RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public).private_key()
    if spki_sha256(key.public_key()) != recipe.spki_sha256:
        raise ValueError(f"derived key {name} is not the key it should be")
    return key


def spki_sha256(key: RSAPublicKey) -> str:
    """Hex SHA-256 of the public key as SubjectPublicKeyInfo DER."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def public_pem(key: RSAPublicKey) -> str:
    """The public key as PEM text."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def private_pem(key: RSAPrivateKey) -> str:
    """The private key as unencrypted PKCS#8 PEM text."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def load_public(pem_or_base64: str) -> RSAPublicKey:
    """Reads a public key from PEM or from the bare base64 that EPay consoles show. Raises ValueError."""
    text = pem_or_base64.strip()
    if not text.startswith("-----"):
        text = f"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n"
    key = serialization.load_pem_public_key(text.encode())
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA public key")
    return key
