"""Signatures, sealed resources and certificates of WeChat Pay API v3, from the merchant's view and the platform's.

Request message: method, target, seconds, nonce, body; reply message: seconds, nonce, body; each line ends with a
newline, the last one too. RSA PKCS#1 v1.5 with SHA-256, base64.
"""

import base64
import datetime
import re
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.rows import Refused
from goodfor.sandbox.keys import derive_private_key
from goodfor.sandbox.signing import sign_bytes, verify_bytes
from goodfor.sandbox.web import Request

SCHEME = "WECHATPAY2-SHA256-RSA2048"
MAX_SKEW_SECONDS = 300

_PAIR = re.compile(r'\s*([a-z_]+)="([^"]*)"\s*', re.ASCII)
#: merchant -> (serial of its certificate, name of its key)
MERCHANTS = {
    demo.WECHAT_MCHID: (demo.WECHAT_MERCHANT_SERIAL, demo.MERCHANT_KEY_NAME),
    demo.WECHAT_OTHER_MCHID: (demo.WECHAT_OTHER_SERIAL, demo.OTHER_KEY_NAME),
}


def lines(*parts: str) -> bytes:
    """A message: each part on a line that ends."""
    return "".join(f"{part}\n" for part in parts).encode()


def merchant_of(request: Request, now: float) -> str:
    """The merchant that signed these bytes within 300 s of now. Raises Refused(SIGN_ERROR), 401.

    The stand-in lives under a prefix that the real host has not: the target is taken with it or without.
    """
    scheme, _space, rest = request.headers.get("Authorization", "").partition(" ")
    found = [_PAIR.fullmatch(part) for part in rest.split(",")]
    pairs = {match[1]: match[2] for match in found if match is not None}
    if scheme != SCHEME or len(pairs) != len(found) or set(pairs) != _NAMES:
        raise Refused("SIGN_ERROR", "Authorization不合法", 401)
    serial, key_name = MERCHANTS.get(pairs["mchid"], ("", demo.MERCHANT_KEY_NAME))
    stamp = pairs["timestamp"]
    if serial != pairs["serial_no"] or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 13):
        raise Refused("SIGN_ERROR", "商户证书序列号有误", 401)
    if abs(now - int(stamp)) >= MAX_SKEW_SECONDS:
        raise Refused("SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟", 401)
    key = derive_private_key(key_name).public_key()
    body = request.body.decode("utf-8", "surrogateescape")
    for target in (request.target, request.target.removeprefix("/wechat")):
        message = "\n".join((request.method, target, stamp, pairs["nonce_str"], body, ""))
        if verify_bytes(message.encode("utf-8", "surrogateescape"), pairs["signature"], key):
            return pairs["mchid"]
    raise Refused("SIGN_ERROR", "验签失败", 401)


_NAMES = {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}


def platform_headers(body: bytes, serial: str, seconds: int, nonce: str) -> dict[str, str]:
    """The headers that sign a reply or a notify under the platform's key."""
    message = f"{seconds}\n{nonce}\n".encode() + body + b"\n"
    return {
        "Wechatpay-Timestamp": str(seconds),
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": sign_bytes(message, derive_private_key(demo.PLATFORM_KEY_NAME)),
        "Wechatpay-Signature-Type": SCHEME,
        "Wechatpay-Serial": serial,
    }


def seal(plain: bytes, nonce: str, associated: str) -> str:
    """AES-256-GCM under the APIv3 key; base64 of ciphertext and tag."""
    key = demo.WECHAT_API_V3_KEY.encode()
    return base64.b64encode(AESGCM(key).encrypt(nonce.encode(), plain, associated.encode())).decode()


def open_name(text: str) -> str:
    """A receiver's name that was sealed for the platform (RSA-OAEP, SHA-1). Raises Refused."""
    scheme = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303
    try:
        return (
            derive_private_key(demo.PLATFORM_KEY_NAME).decrypt(base64.b64decode(text, validate=True), scheme).decode()
        )
    except ValueError:
        raise Refused("PARAM_ERROR", "敏感信息解密失败") from None


@cache
def platform_certificate() -> str:
    """The platform's certificate as PEM. Serial, dates and key are fixed, so that every start has the same one."""
    key = derive_private_key(demo.PLATFORM_KEY_NAME)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sandbox WeChat platform")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int(demo.WECHAT_PLATFORM_SERIAL, 16))
        .not_valid_before(datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2045, 1, 1, tzinfo=datetime.UTC))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
