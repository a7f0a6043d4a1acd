"""The gateway's signatures: HMAC-SHA256 over lines, in hexadecimal. Pure."""

import hashlib
import hmac


def _mac(secret: str, *lines: str) -> str:
    return hmac.new(secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def call_signature(secret: str, *, method: str, path: str, at: str, nonce: str, body: bytes) -> str:
    """Of a call: method, path, seconds, nonce and the hash of the body."""
    return _mac(secret, method, path, at, nonce, hashlib.sha256(body).hexdigest())


def answer_is_true(secret: str, signature: str, *, status: int, nonce: str, body: bytes) -> bool:
    """Of an answer: its status, the nonce of the call it answers, and the hash of its body."""
    true = _mac(secret, str(status), nonce, hashlib.sha256(body).hexdigest())
    return hmac.compare_digest(true.encode(), signature.encode())
