"""How the protocol signs, worked out by itself: the values by the order of their names, with the secret among them."""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote


def md5_sign(params: Mapping[str, str], secret: str) -> str:
    """Lower hex."""
    names = sorted([*(name for name in params if name != "sign"), "appSecret"])
    digest = hashlib.md5(usedforsecurity=False)
    for name in names:
        digest.update((secret if name == "appSecret" else params[name]).encode("utf-8"))
    return digest.hexdigest()


def hmac_sign(params: Mapping[str, str], secret: str) -> str:
    """Lower hex, of whoever has agreed on names being signed, too."""
    parts = [quote(name, safe="") + "=" + quote(params[name], safe="") for name in sorted(params) if name != "sign"]
    return hmac.new(secret.encode("utf-8"), "&".join(parts).encode("ascii"), "sha256").hexdigest()
