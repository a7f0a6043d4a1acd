"""Addresses of people by channel: checked, written one way, masked for the eye. Pure."""

import re
from typing import Final

EMAIL: Final = "email"
SMS: Final = "sms"
WECHAT_OA: Final = "wechat_oa"
WECHAT_MINI: Final = "wechat_mini"
WEBPUSH: Final = "webpush"
WECOM: Final = "wecom"
DINGTALK: Final = "dingtalk"
FEISHU: Final = "feishu"

_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@(?=.{1,190}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_OPENID = re.compile(r"[A-Za-z0-9_-]{6,64}")
_SPACES = re.compile(r"[\s()-]+")
_CHINA_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def normal(channel: str, address: str) -> str | None:
    """The one way to write an address of this channel, or None when it is none. Phones become E.164, +86 by default."""
    text = address.strip()
    if channel == EMAIL:
        local, at, domain = text.rpartition("@")
        text = f"{local}{at}{domain.lower()}"
        return text if _EMAIL.fullmatch(text) and ".." not in local and not local.startswith(".") else None
    if channel == SMS:
        text = _SPACES.sub("", text)
        if text.startswith("00"):
            text = "+" + text[2:]
        elif _CHINA_MOBILE.fullmatch(text):
            text = "+86" + text
        if text.startswith("+86") and not _CHINA_MOBILE.fullmatch(text[3:]):
            return None
        return text if _PHONE.fullmatch(text) else None
    if channel in (WECHAT_OA, WECHAT_MINI):
        return text if _OPENID.fullmatch(text) else None
    return text if 0 < len(text) <= 200 and text.isprintable() else None


def masked(channel: str, address: str) -> str:
    """Enough to recognise one's own, too little to use: `z***@example.com`, `138****5678`."""
    if channel == EMAIL:
        local, _, domain = address.rpartition("@")
        return f"{local[:1]}***@{domain}"
    if channel == SMS:
        digits = address.removeprefix("+86")
        return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else "****"
    if channel in (WECHAT_OA, WECHAT_MINI):
        return f"{address[:3]}***{address[-3:]}"
    return ""


def kind_of_contact(contact: str) -> str | None:
    """Which channel a buyer's contact belongs to: `email`, `sms`, or None when it is neither."""
    for channel in (EMAIL, SMS):
        if normal(channel, contact):
            return channel
    return None
