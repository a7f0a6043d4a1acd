"""What a browser shows of itself, and how it is kept: never the user agent or the address themselves."""

import re

from goodfor.identity.types import Visitor
from goodfor.kernel.addresses import network
from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import hash_token

_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,64}\Z")
#: The first that fits wins: in-app browsers say that they are Chrome and Safari too.
_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("AlipayClient", "Alipay"), ("DingTalk", "DingTalk"), ("QQ/", "QQ"),
    ("MiuiBrowser", "Mi Browser"), ("HuaweiBrowser", "Huawei Browser"), ("UCBrowser", "UC Browser"),
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("OpenHarmony", "HarmonyOS"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Android", "Android"), ("Windows", "Windows"), ("Macintosh", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_label(agent: str) -> str:
    """`Chrome · Windows`: enough to tell one's own devices apart, too little to follow anyone. Empty if unknown."""
    browser = next((name for word, name in _BROWSERS if word in agent), "")
    system = next((name for word, name in _SYSTEMS if word in agent), "")
    return " · ".join(part for part in (browser, system) if part)


def looks_like_token(token: str) -> bool:
    """True when it could be one of our 256-bit tokens: worth asking the database about."""
    return _TOKEN.match(token) is not None


def device_hash(visitor: Visitor) -> bytes:
    """The hash under which this browser's device cookie is known; of nothing, for a browser without one."""
    return hash_token(visitor.device if looks_like_token(visitor.device) else "")


def address_hash(visitor: Visitor) -> bytes | None:
    """Blind index of the visitor's network, or None without an address."""
    return keyring().blind_index("ip", network(visitor.ip).encode()) if visitor.ip else None
