"""What is done to codes that arrive before they are kept. Pure. Nothing that looks like an address is ever opened."""

import base64
import unicodedata
from dataclasses import replace
from typing import Final

from goodfor.supply.providers.values import Code

#: Byte order mark, zero-width signs, soft hyphen: seen in files and replies, never part of a code.
_UNSEEN: Final = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))
_IMAGES: Final = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif"}
MAX_IMAGE: Final = 256 * 1024
MAX_TEXT: Final = 4_000
#: Secrets with fewer signs are PINs: they say little without the number.
SHORT: Final = 8


def tidied(code: Code) -> Code:
    """Edges trimmed; case, inner spaces and leading zeros stay. A picture becomes the secret, as a data address."""
    number, secret, link = _trim(code.number), _trim(code.secret), _trim(code.link)
    if not secret and not link and code.image:
        secret = _picture(code.image)
    if not secret and not link:
        # A single part is the secret, whichever field it came in.
        number, secret = "", number
    return replace(code, number=number, secret=secret, link=link, verify_code=_trim(code.verify_code))


def _trim(text: str) -> str:
    return text.translate(_UNSEEN).replace("\x00", "").strip()[:MAX_TEXT]


def _picture(image: bytes) -> str:
    """A data address; empty for what is no picture or too large."""
    kind = next((kind for magic, kind in _IMAGES.items() if image.startswith(magic)), "")
    if not kind or len(image) > MAX_IMAGE:
        return ""
    return f"data:image/{kind};base64,{base64.b64encode(image).decode()}"


def comparable(code: Code) -> str:
    """What two codes are compared by: wide signs as narrow ones, no spaces or hyphens, one case. Empty: no code at all.

    By the secret alone, since a number may be missing the second time; only a short one, which may well be the same on
    two cards, is taken together with the number. Links and pictures are compared as they are.
    """
    if code.link or code.secret.startswith("data:image/"):
        return code.link or code.secret
    plain = unicodedata.normalize("NFKC", code.secret).upper()
    kept = "".join(sign for sign in plain if not sign.isspace() and sign not in "-‐‑–—_")
    if not kept or len(kept) >= SHORT:
        return kept
    number = unicodedata.normalize("NFKC", code.number).upper()
    return f"{''.join(number.split())}|{kept}"
