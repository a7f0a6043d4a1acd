"""Delivered text, taken apart into codes. Pure.

All codes of a purchase come as one text. A line is one; where lines are labelled, a number and what follows it are one;
a purchase of one is one code, however many lines it has. What is not understood stays as it came.
"""

import base64
import binascii
import re
from typing import Final

from goodfor.supply.providers.values import Code

MAX_TEXT: Final = 200_000
MAX_CODES: Final = 10_000
MAX_IMAGE: Final = 512 * 1024
_DIRT: Final = "\ufeff\u200b\u200c\u200d\u2060\r\n\t "
_N: Final = r"(?:卡号|账号|帐号|序列号)\s*[:：]\s*"
_S: Final = r"(?:卡密码|卡密|密码|密钥|兑换码)\s*[:：]\s*"
_NUMBER: Final = re.compile(_N + r"(\S+)")
_SECRET: Final = re.compile(_S + r"(\S+)")
_BOTH: Final = re.compile(_N + r"([^\s,，;；|]+)[\s,，;；|]+" + _S + r"(\S+)")
_LABEL: Final = re.compile(f"{_N}|{_S}")
_LINK: Final = re.compile(r"https?://\S+")
_PICTURE: Final = re.compile(r"data:image/[a-z+.-]{1,20};base64,([A-Za-z0-9+/=\s]+)")
_MAGIC: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"RIFF")


def codes_of(told: str, quantity: int) -> tuple[Code, ...]:
    """Codes of a purchase of so many; as many as there are, be they fewer or more. Empty: nothing was delivered."""
    lines = [line for line in (one.strip(_DIRT) for one in told[:MAX_TEXT].splitlines()) if line]
    codes = _read(lines)
    if quantity == 1 and len(codes) > 1:
        return (Code(secret="\n".join(lines)),)
    return tuple(codes[:MAX_CODES])


def _read(lines: list[str]) -> list[Code]:
    codes: list[Code] = []
    # A number on a line of its own waits for its secret.
    waiting = ""
    for line in lines:
        number, secret = _labelled(line)
        if secret and not (number and waiting):
            codes.append(Code(number=number or waiting, secret=secret))
            waiting = ""
            continue
        if waiting:
            codes.append(Code(number=waiting))
        waiting = number if not secret else ""
        if secret:
            codes.append(Code(number=number, secret=secret))
        elif not number:
            codes.append(_plain(line))
    return [*codes, Code(number=waiting)] if waiting else codes


def _labelled(line: str) -> tuple[str, str]:
    """(number, secret) of a line that says these and nothing else; empty what it does not say."""
    both, number, secret = _BOTH.fullmatch(line), _NUMBER.fullmatch(line), _SECRET.fullmatch(line)
    found = (both[1], both[2]) if both else (number[1] if number else "", secret[1] if secret else "")
    return ("", "") if any(_LABEL.search(part) for part in found) else found


def _plain(line: str) -> Code:
    if _LINK.fullmatch(line):
        return Code(link=line)
    picture = _PICTURE.fullmatch(line)
    image = _image(picture[1]) if picture else b""
    return Code(image=image) if image else Code(secret=line)


def _image(told: str) -> bytes:
    """The bytes, if they are those of a picture."""
    try:
        found = base64.b64decode("".join(told.split()), validate=True)
    except (ValueError, binascii.Error):
        return b""
    return found if len(found) <= MAX_IMAGE and found.startswith(_MAGIC) else b""
