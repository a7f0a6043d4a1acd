"""What a telephone number shows by itself: country by prefix, in mainland China the carrier of its segment. Pure."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from goodfor.risk.enrichment.names import BROADNET, MAINLAND, MOBILE, TELECOM, UNICOM, lines_of

#: Segments as given out by the Ministry of Industry and Information Technology (工信部码号资源), by the public notices
#: until 2024. A number may have moved to another carrier since (携号转网): the segment tells who gave it out.
_SEGMENTS: Final[Mapping[str, str]] = {
    TELECOM: "133 149 153 173 177 180 181 189 190 191 193 199 1349 1740",
    UNICOM: "130 131 132 145 155 156 166 175 176 185 186 196",
    MOBILE: "134 135 136 137 138 139 147 150 151 152 157 158 159 172 178 182 183 184 187 188 195 197 198",
    BROADNET: "192",
}
#: Of virtual operators, on the network of the one named: sold without a shop, and many at a time.
_VIRTUAL: Final[Mapping[str, str]] = {
    TELECOM: "162 1700 1701 1702",
    UNICOM: "167 171 1704 1707 1708 1709",
    MOBILE: "165 1703 1705 1706",
}
#: For machines, not people.
_THINGS: Final[Mapping[str, str]] = {UNICOM: "140 146", TELECOM: "141", MOBILE: "144 148"}

_BY_SEGMENT: Final[Mapping[str, tuple[str, bool, bool]]] = {
    segment: (carrier, virtual, things)
    for table, virtual, things in ((_SEGMENTS, False, False), (_VIRTUAL, True, False), (_THINGS, False, True))
    for carrier, segments in table.items()
    for segment in segments.split()
}
_BY_PREFIX: Final[Mapping[str, str]] = {
    prefix: code for code, prefixes, _ in lines_of("countries.txt") for prefix in prefixes.split(",") if prefix
}
_OTHERS: Final = re.compile(r"[^0-9]+")
_LONGEST_PREFIX: Final = max(map(len, _BY_PREFIX))


class Phone(NamedTuple):
    """A number. `carrier`, `virtual`, `things` are None outside of the mainland, or for a segment that is not known."""

    key: str
    country: str | None
    carrier: str | None
    virtual: bool | None
    things: bool | None


def take_apart(text: str) -> Phone | None:
    """A number as +<country><number>, as 00<country>..., or as 11 digits of the mainland; None when it is none."""
    if len(text) > 40:
        return None
    text = text.strip()
    digits = _OTHERS.sub("", text)
    if text.startswith("00"):
        digits = digits[2:]
    elif not text.startswith("+") and len(digits) == 11 and digits[0] == "1" and digits[1:2] >= "3":
        digits = "86" + digits
    if not 7 <= len(digits) <= 15 or digits[0] == "0":
        return None
    # No other country's code begins with the mainland's: most numbers need no search.
    if not digits.startswith("86"):
        return Phone("+" + digits, _country_of(digits), None, None, None)
    number = digits[2:]
    known = _BY_SEGMENT.get(number[:4]) or _BY_SEGMENT.get(number[:3]) if len(number) == 11 else None
    return Phone("+" + digits, MAINLAND, *(known or (None, None, None)))


def _country_of(digits: str) -> str | None:
    for length in range(_LONGEST_PREFIX, 0, -1):
        code = _BY_PREFIX.get(digits[:length])
        if code is not None:
            return code
    return None


def canonical(text: str) -> str:
    """One spelling, to count by; what is no number stays as it is."""
    phone = take_apart(text)
    return phone.key if phone else text.strip()[:40]
