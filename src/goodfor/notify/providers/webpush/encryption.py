"""Message encryption for web push, pure: RFC 8291 over the aes128gcm coding of RFC 8188, one record."""

import hmac
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD_SIZE = 4096
#: What fits a record besides header, padding mark and tag, and what push services take at least.
MAX_PLAIN = 3993
_SALT, _AUTH = 16, 16


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """65 bytes, uncompressed."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encrypt(
    plain: bytes, *, browser_key: bytes, auth: bytes, own_key: ec.EllipticCurvePrivateKey, salt: bytes
) -> bytes:
    """The body of a push request. `own_key` and `salt` are fresh for each message. Raises ValueError for bad keys."""
    if len(plain) > MAX_PLAIN or len(auth) != _AUTH or len(salt) != _SALT:
        raise ValueError("too long, or a key of the wrong length")
    browser = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser_key)
    own = point(own_key.public_key())
    shared = own_key.exchange(ec.ECDH(), browser)
    # RFC 8291 section 3.4: HKDF whose outputs are one block each.
    combined = _expand(hmac.digest(auth, shared, "sha256"), b"WebPush: info\0" + browser_key + own)
    secret = hmac.digest(salt, combined, "sha256")
    key = _expand(secret, b"Content-Encoding: aes128gcm\0")[:16]
    nonce = _expand(secret, b"Content-Encoding: nonce\0")[:12]
    header = salt + struct.pack("!IB", RECORD_SIZE, len(own)) + own
    return header + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def _expand(key: bytes, info: bytes) -> bytes:
    return hmac.digest(key, info + b"\x01", "sha256")
