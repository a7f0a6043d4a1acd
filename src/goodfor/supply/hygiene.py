"""What is done to codes on receipt, whichever supplier they come from: cleaned, told apart, counted, compared. Pure.

Case, inner spaces and leading zeros stay as they came. A link is as secret as a password and nobody fetches it: that
alone may use it up.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

from goodfor.supply.providers.values import Code
from goodfor.vault.reading import EXPIRY, IGNORED, NUMBER, SECRET, clean, fault_of, parse_expiry, role_of

Kind = Literal["pair", "secret", "link", "image", "empty"]
Count = Literal["fewer", "exact", "more"]
#: Of one picture, after base64.
MAX_IMAGE: Final = 2 * 1024 * 1024
MAX_LINK: Final = 2000
MAX_TEXT: Final = 1024 * 1024
#: A password this short may be that of two different numbers.
_SHORT: Final = 8
#: A text of one code is not longer.
_LONG: Final = 4000
_MAGICS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_DATA_URL: Final = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,", re.IGNORECASE)
_LINK: Final = re.compile(r"https?://[^\s/?#@\\]+[^\s\\]*", re.IGNORECASE)
_GAPS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212\uff0d]+")
_VERIFY: Final = "verify"
_FROM: Final = "from"
_OWN: Final = {
    "验证码": _VERIFY, "校验码": _VERIFY, "动态码": _VERIFY, "verifycode": _VERIFY, "生效日期": _FROM,
    "开始日期": _FROM, "生效时间": _FROM, "开始时间": _FROM, "发售日期": _FROM, "validfrom": _FROM, "cardpwd": SECRET,
}  # fmt: skip
#: Labels that may follow a value without anything between.
_GLUED: Final = "卡号|卡密|密码|兑换码|激活码|券码|链接|有效期至|有效期|验证码|校验码"
_LABEL: Final = re.compile(rf"(?:(?:^|(?<=[\s,，;；|]))([^\s:：,，;；|]{{1,20}})|({_GLUED}))[ \t]*[:：][ \t]*")
_ENDS: Final = " \t,，;；|"
_LINES: Final = re.compile(r"\r\n|[\r\n\u2028\u2029\x0b\x0c\x85]")


class BadCode(Exception):
    """What came is no code. `code`: `not_base64`, `not_an_image`, `image_too_large`, `text_too_long`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a code is made of. `uses`: more than one, where they say; `waits_until`: a pre-order's day."""

    kind: Kind
    verify: bool = False
    uses: int | None = None
    waits_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A text, read: the codes, and lines that are about them and no code."""

    codes: tuple[Code, ...] = field(repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Received:
    """A set of codes as it may be kept. `faults`: (place, what); `doubled`: places of what came before in the set."""

    codes: tuple[Code, ...] = field(repr=False)
    count: Count
    faults: tuple[tuple[int, str], ...] = ()
    doubled: tuple[int, ...] = ()


def receive(codes: Sequence[Code], ordered: int) -> Received:
    """What came for so many units. A set with faults or doubles is for a person, whole: nothing is left out."""
    tidy = tuple(tidied(code) for code in codes)
    faults = tuple((place, fault) for place, code in enumerate(tidy) if (fault := fault_in(code)))
    return Received(tidy, counted(len(tidy), ordered), faults, doubled(tidy))


def counted(came: int, ordered: int) -> Count:
    """Fewer is a part, more is an alarm."""
    return "exact" if came == ordered else "fewer" if came < ordered else "more"


def tidied(code: Code) -> Code:
    """Without what was pasted along; a single part is the secret, and a link stands where links do."""
    number, secret, link = clean(code.number), clean(code.secret), clean(code.link)
    if number and not (secret or link or code.image):
        number, secret = "", number
    if secret and not link and _LINK.fullmatch(secret):
        secret, link = "", secret
    return replace(code, number=number, secret=secret, link=link, verify_code=clean(code.verify_code))


def untangled(code: Code) -> Code:
    """Tidied; a secret that is a labelled text of one code is taken apart. Anything else stays as it came."""
    plain = tidied(code)
    if plain.number or plain.link or plain.image or len(plain.secret) > _LONG:
        return plain
    parts = [role for line in _LINES.split(plain.secret) for role, _value in _labelled(line.strip())]
    if not {NUMBER, SECRET} & set(parts):
        return plain
    told = codes_of_text(plain.secret).codes
    if len(told) != 1:
        return plain
    (found,) = told
    return replace(
        plain, number=found.number, secret=found.secret, link=found.link,
        verify_code=plain.verify_code or found.verify_code, valid_from=plain.valid_from or found.valid_from,
        expires_at=plain.expires_at or found.expires_at,
    )  # fmt: skip


def shape_of(code: Code, now: datetime) -> Shape:
    """What kind a tidied code is."""
    kind: Kind = "empty"
    if code.image:
        kind = "image"
    elif code.link:
        kind = "link"
    elif code.secret:
        kind = "pair" if code.number else "secret"
    uses = code.uses if code.uses is not None and code.uses > 1 else None
    waits = code.valid_from if code.valid_from is not None and code.valid_from > now else None
    return Shape(kind, bool(code.verify_code), uses, waits)


def fault_in(code: Code) -> str | None:
    """Why a tidied code cannot be sold as it is: names of the vault, or `empty`, `bad_link` and those of pictures."""
    if not (code.secret or code.link or code.image):
        return "empty"
    for text in (code.number, code.secret, code.verify_code):
        if text and (fault := fault_of(text)):
            return fault
    if code.link and (len(code.link) > MAX_LINK or not _LINK.fullmatch(code.link)):
        return "bad_link"
    if code.uses is not None and code.uses < 1:
        return "used_up"
    return image_fault(code.image) if code.image else None


def compared(code: Code) -> str:
    """The same for the same code however it is written: what the keyed hash is made of. Never kept, never shown.

    Links are taken as they are: theirs mean something else in small letters.
    """
    if code.link:
        return f"link:{code.link}"
    if code.image:
        return "image:" + base64.b64encode(code.image).decode()
    secret, number = _bare(code.secret), _bare(code.number)
    return f"{number}:{secret}" if number and len(secret) < _SHORT else secret or number


def _bare(text: str) -> str:
    return _GAPS.sub("", text).upper()


def doubled(codes: Sequence[Code]) -> tuple[int, ...]:
    """Places of codes that stand in the set before; empty ones are no doubles."""
    seen, found = set[str](), list[int]()
    for place, code in enumerate(codes):
        same = compared(code)
        if same and same in seen:
            found.append(place)
        seen.add(same)
    return tuple(found)


def image_fault(data: bytes) -> str | None:
    """`image_too_large`, `not_an_image`, or None: PNG, JPEG, GIF, WebP by their first bytes. Not opened."""
    if len(data) > MAX_IMAGE:
        return "image_too_large"
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return None if len(data) > 16 and (data.startswith(_MAGICS) or webp) else "not_an_image"


def image_of(text: str) -> bytes:
    """A picture that came as base64, bare or as a `data:` address. Raises BadCode."""
    text = _DATA_URL.sub("", "".join(text[: 2 * MAX_IMAGE].split()), count=1)
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadCode("not_base64") from None
    if fault := image_fault(data):
        raise BadCode(fault)
    return data


def codes_of_text(text: str) -> Told:
    """Codes in free text: one a line, `number----secret`, or labelled over one line or several. Raises BadCode.

    Once anything is labelled, what has no label is a note. Lines without any are the secret, whole: nothing is guessed
    that could swap a number and a secret.
    """
    if len(text) > MAX_TEXT:
        raise BadCode("text_too_long")
    lines = [line.strip() for line in _LINES.split(text)]
    parted = [_labelled(line) for line in lines]
    if not any(role != IGNORED for parts in parted for role, _value in parts):
        return Told(tuple(_plain(line) for line in lines if clean(line)))
    codes, notes, now = list[Code](), list[str](), dict[str, str]()
    for line, parts in zip(lines, parted, strict=True):
        if not parts and clean(line):
            notes.append(clean(line))
        if not parts and not line:
            _close(now, codes, notes)
        for role, value in parts:
            if role == IGNORED:
                notes.append(value)
                continue
            if role in now:
                _close(now, codes, notes)
            now[role] = value
    _close(now, codes, notes)
    return Told(tuple(codes), tuple(notes))


def _plain(line: str) -> Code:
    for separator in ("----", "\t"):
        number, found, secret = line.partition(separator)
        if found and clean(number) and clean(secret.lstrip("-")):
            return tidied(Code(number=number, secret=secret.lstrip("-")))
    return tidied(Code(secret=line))


def _labelled(line: str) -> list[tuple[str, str]]:
    """(role, value) of each label that is known; what comes before the first is no part of it."""
    line = clean(line)
    known = [(found, role) for found in _LABEL.finditer(line) if (role := _role(found[1] or found[2]))]
    ends = [*(found.start() for found, _role_of in known), len(line)][1:]
    parts = []
    for (found, role), end in zip(known, ends, strict=True):
        value = clean(line[found.end() : end].strip(_ENDS))
        if value:
            parts.append((role, value if role != IGNORED else f"{found[0].strip()}{value}"))
    return parts


def _role(label: str) -> str | None:
    role = _OWN.get(label.lower().replace("_", "").replace(" ", "")) or role_of(label)
    return role if role in (NUMBER, SECRET, EXPIRY, IGNORED, _VERIFY, _FROM) else None


def _close(now: dict[str, str], codes: list[Code], notes: list[str]) -> None:
    """The parts so far are one code; a date that is none is a note, as is a date alone."""
    if NUMBER in now or SECRET in now:
        dates = {role: _date(now.get(role, ""), notes) for role in (EXPIRY, _FROM)}
        code = Code(
            number=now.get(NUMBER, ""), secret=now.get(SECRET, ""), verify_code=now.get(_VERIFY, ""),
            expires_at=dates[EXPIRY], valid_from=dates[_FROM],
        )  # fmt: skip
        codes.append(tidied(code))
    else:
        notes.extend(now.values())
    now.clear()


def _date(text: str, notes: list[str]) -> datetime | None:
    try:
        return parse_expiry(text) if text else None
    except ValueError:
        notes.append(text)
        return None
