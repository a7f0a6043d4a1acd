"""Codes out of labelled text: "卡号：N1 密码：P1", a link, a picture written as text. Pure; nothing is ever fetched.

Used wherever codes come as lines of a text.
"""

import base64
import binascii
import re
from datetime import datetime
from typing import Final

from goodfor.supply.providers.values import Code

#: What stands around codes and is none of them.
_AROUND: Final = "\ufeff\u200b\u200c\u200d\u2060 \t\r\n"
_LABELS: Final = {
    "卡号": "number", "帐号": "number", "账号": "number", "序列号": "number", "卡片编号": "number",
    "密码": "secret", "卡密": "secret", "兑换码": "secret", "激活码": "secret", "券码": "secret",
    "链接": "link", "兑换链接": "link", "地址": "link", "验证码": "verify", "校验码": "verify",
}  # fmt: skip
_WORD: Final = "|".join(sorted(_LABELS, key=len, reverse=True))
_LABEL: Final = re.compile(rf"(?:^|[\s,，;；|]+)({_WORD})[ \t]*[:：]")
_LINK: Final = re.compile(r"https?://[!-~]{3,2000}")
#: An address of data, or the beginning of a PNG, JPEG or GIF in base64.
_PICTURE: Final = re.compile(r"(?i:data:image/[a-z]{1,10};base64,)|(?=iVBORw0KGgo|/9j/|R0lGOD[dl]h)")
_MAGIC: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
MAX_IMAGE: Final = 2 * 1024 * 1024


def parts_of(told: str) -> dict[str, str]:
    """The labelled parts of a text that begins with a label, by number, secret, link, verify; else empty."""
    told = told.strip(_AROUND)
    found = list(_LABEL.finditer(told))
    if not found or found[0].start() != 0:
        return {}
    ends = [*(one.start() for one in found[1:]), len(told)]
    parts: dict[str, str] = {}
    for one, end in zip(found, ends, strict=True):
        value = told[one.end() : end].strip(_AROUND)
        if value:
            parts.setdefault(_LABELS[one[1]], value)
    return parts


def code_of(number: str, secret: str, expires_at: datetime | None = None) -> Code | None:
    """One code; None where there is nothing. An address becomes a link, a picture in base64 its bytes."""
    parts = parts_of(secret) or {"secret": secret.strip(_AROUND)}
    for name, value in (parts_of(number) or {"number": number.strip(_AROUND)}).items():
        parts.setdefault(name, value)
    word, link, image = parts.get("secret", ""), parts.get("link", ""), b""
    if (prefix := _PICTURE.match(word)) is not None:
        image = _picture(word[prefix.end() :])
        word = "" if image else word
    elif not link and _LINK.fullmatch(word):
        word, link = "", word
    code = Code(
        number=parts.get("number", ""), secret=word, link=link, image=image, verify_code=parts.get("verify", ""),
        expires_at=expires_at,
    )  # fmt: skip
    return code if code.number or word or link or image else None


def concealed(codes: tuple[Code, ...]) -> list[str]:
    """The texts of these codes that are not to be kept."""
    words = [part for code in codes for part in (code.number, code.secret, code.link, code.verify_code)]
    return words + [base64.b64encode(code.image).decode() for code in codes if code.image]


def _picture(sealed: str) -> bytes:
    """The bytes of a picture in base64; empty where it is none, or too large."""
    if len(sealed) > MAX_IMAGE * 4 // 3 + 4:
        return b""
    try:
        raw = base64.b64decode("".join(sealed.split()), validate=True)
    except (ValueError, binascii.Error):
        return b""
    return raw if raw.startswith(_MAGIC) else b""
