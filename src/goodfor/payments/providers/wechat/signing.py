"""Signatures and seals of WeChat Pay v3, pure. Verified with vectors W1 to W4.

A request is signed over five lines (method, path with query, unix seconds, nonce, body), a reply or notice over three
(timestamp, nonce, raw body), a call from the buyer's side over four; every line ends with a newline, the last as well.
RSA PKCS#1 v1.5 with SHA-256, base64. Notices are sealed with AES-256-GCM under the APIv3 key, names of receivers with
RSA-OAEP (SHA-1) under WeChat's key.
"""

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from goodfor.payments.providers import rsa

SCHEME = "WECHATPAY2-SHA256-RSA2048"
#: Signatures that begin so are wrong on purpose: WeChat looks whether we notice.
PROBE_MARK = "WECHATPAY/SIGNTEST/"


def request_message(method: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """What a request signs; `target` is the path with its query exactly as sent."""
    return f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def reply_message(timestamp: str, nonce: str, body: bytes) -> bytes:
    """What WeChat signs in a reply or notice."""
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


def pay_message(appid: str, timestamp: str, nonce: str, package: str) -> bytes:
    """What the buyer's side hands over. `package`: `prepay_id=...` for JSAPI and mini programs, a bare id for apps."""
    return f"{appid}\n{timestamp}\n{nonce}\n{package}\n".encode()


def authorization(
    *, mchid: str, serial_no: str, private_key: str, method: str, target: str, timestamp: str, nonce: str, body: bytes
) -> str:
    """The header `Authorization` of a request. Raises ValueError for a key that is none."""
    signature = rsa.sign(request_message(method, target, timestamp, nonce, body), private_key)
    return (
        f'{SCHEME} mchid="{mchid}",nonce_str="{nonce}",signature="{signature}",'
        f'timestamp="{timestamp}",serial_no="{serial_no}"'
    )


def unseal(key: str, nonce: str, associated_data: str, ciphertext: str) -> bytes:
    """The plain bytes of a sealed resource. Raises ValueError when it was not sealed with this key and these data."""
    try:
        sealed = base64.b64decode(ciphertext, validate=True)
        return AESGCM(key.encode()).decrypt(nonce.encode(), sealed, associated_data.encode() or None)
    except (binascii.Error, InvalidTag, ValueError, OverflowError):
        raise ValueError("not sealed for us") from None


def encrypt_field(text: str, public_key: str) -> str:
    """Personal data for WeChat's eyes only; every call gives another text. Raises ValueError, which never quotes it."""
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303
    try:
        return base64.b64encode(rsa.public(public_key).encrypt(text.encode(), oaep)).decode("ascii")
    except ValueError:
        raise ValueError("cannot be encrypted") from None
