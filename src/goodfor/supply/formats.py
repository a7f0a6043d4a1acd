"""What an account that a buyer types must look like, under stable names, and whether a form is well filled. Pure.

Suppliers publish such rules so that a typing mistake costs nobody an order. They judge finally; where they know more
(who a number was carried over to), a finding is a question to the buyer (`SOFT`) and no refusal.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from goodfor.supply.patterns import Unfit, fits
from goodfor.supply.providers.values import FormField

#: Findings. `format`: not what is asked for. `unwanted`: a kind of account that may not be used here. `virtual`: of an
#: operator without a net of its own. `carrier`: of another one. `carrier_unsure`: unless it was carried over.
#: `pattern`: not by the supplier's own rule. `option`: none of the choices. `unknown`: a field that is not asked for.
PROBLEMS: Final = (
    "required", "too_long", "control_character", "format", "unwanted", "virtual", "carrier", "carrier_unsure",
    "pattern", "option", "unknown",
)  # fmt: skip
SOFT: Final = frozenset({"carrier_unsure"})
MAX_ACCOUNT: Final = 128
MAX_LONG: Final = 2000
MAX_IMAGE: Final = 14 * 1024 * 1024

_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_KINDS: Final[Mapping[str, re.Pattern[str]]] = {
    "mobile": _MOBILE,
    "qq": re.compile(r"[1-9][0-9]{4,9}"),
    "wechat": re.compile(r"[a-zA-Z][-_a-zA-Z0-9]{5,19}"),
    "email": re.compile(r"[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"),
    "digits": re.compile(r"[0-9]{1,64}"),
    "url": re.compile(r"https?://[^\s/?#@:]+(:[0-9]{1,5})?([/?#]\S*)?", re.IGNORECASE),
    "chinese": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff·]+"),
    # The pair of one vendor: ten digits begin with 1 to 3.
    "qq_issued": re.compile(r"[1-3][0-9]{4,9}|[1-9][0-9]{4,8}"),
}
#: Beginnings of numbers by net, as the ministry gave them out; `virtual`: sold on by others.
_GIVEN_OUT: Final = {
    "cmcc": "1340 1341 1342 1343 1344 1345 1346 1347 1348 135 136 137 138 139 147 148 150 151 152 157 158 159 172 178 "
    "182 183 184 187 188 195 197 198 165 1703 1705 1706",
    "unicom": "130 131 132 140 145 146 155 156 166 167 171 175 176 185 186 196 1704 1707 1708 1709",
    "telecom": "133 1349 149 141 153 162 173 174 177 180 181 189 190 191 193 199 1700 1701 1702",
}
_RANGES: Final[Mapping[str, tuple[str, ...]]] = {name: tuple(ones.split()) for name, ones in _GIVEN_OUT.items()}
_VIRTUAL: Final = ("162", "165", "167", "170", "171")


@dataclass(frozen=True, slots=True)
class _Rule:
    """`any_of` empty: everything; `none_of`: kinds that it may not be; `original`: never carried over to it."""

    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    carrier: str = ""
    virtual: bool = True
    original: bool = False
    most: int = MAX_ACCOUNT


def _carriers(suffix: str, *, virtual: bool, original: bool) -> dict[str, _Rule]:
    return {
        f"mobile_{name}{suffix}": _Rule(("mobile",), carrier=name, virtual=virtual, original=original)
        for name in _RANGES
    }


_RULES: Final[Mapping[str, _Rule]] = {
    "any": _Rule(),
    "mobile": _Rule(("mobile",)),
    "qq": _Rule(("qq",)),
    "qq_issued": _Rule(("qq_issued",)),
    "qq_not_mobile": _Rule(("qq",), ("mobile",)),
    "wechat": _Rule(("wechat",)),
    "email": _Rule(("email",), most=254),
    "url": _Rule(("url",), most=500),
    "digits": _Rule(("digits",)),
    "mobile_real": _Rule(("mobile",), virtual=False),
    "mobile_original": _Rule(("mobile",), virtual=False, original=True),
    **_carriers("", virtual=True, original=False),
    **_carriers("_real", virtual=False, original=False),
    **_carriers("_original", virtual=False, original=True),
    "mobile_or_qq": _Rule(("mobile", "qq")),
    "mobile_or_wechat": _Rule(("mobile", "wechat")),
    "qq_or_wechat": _Rule(("qq", "wechat")),
    "mobile_qq_or_wechat": _Rule(("mobile", "qq", "wechat")),
    "no_mobile": _Rule(none_of=("mobile",)),
    "no_email": _Rule(none_of=("email",)),
    "no_wechat": _Rule(none_of=("wechat",)),
    "no_mobile_or_email": _Rule(none_of=("mobile", "email")),
    "no_mobile_or_chinese": _Rule(none_of=("mobile", "chinese")),
    "game_account": _Rule(most=64),
    "game_zone": _Rule(most=64),
}
NAMES: Final = frozenset(_RULES)
#: Kakayun's numbers of formats.
KAKAYUN: Final[Mapping[int, str]] = {
    0: "any", 1: "mobile", 2: "qq", 3: "email", 4: "url", 5: "digits", 6: "qq_not_mobile", 7: "mobile_cmcc",
    8: "mobile_unicom", 9: "mobile_telecom", 10: "mobile_or_qq", 11: "mobile_cmcc_real", 12: "mobile_unicom_real",
    13: "mobile_telecom_real", 14: "mobile_cmcc_original", 15: "mobile_unicom_original", 16: "mobile_telecom_original",
    17: "mobile_original", 18: "no_mobile", 19: "no_email", 20: "wechat", 21: "mobile_or_wechat", 22: "qq_or_wechat",
    23: "mobile_qq_or_wechat", 24: "no_wechat", 25: "no_mobile_or_email", 26: "digits", 27: "no_mobile_or_chinese",
}  # fmt: skip

# Zero-width and direction marks: pasted along, never meant.
_INVISIBLE: Final = dict.fromkeys([0xAD, 0x061C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F)])
_INVISIBLE.update(dict.fromkeys(range(0x2060, 0x206A)))
_WIDE: Final = {point: point - 0xFEE0 for point in range(0xFF01, 0xFF5F)}
_GAPS: Final = re.compile(r"[\s\-‐‑–—]+")
_ABROAD: Final = re.compile(r"(?:\+|00)86(?=1[3-9])")
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,8})?")


def normal(format: str, text: str) -> str:
    """As it is kept and sent: trimmed; full-width signs narrow and a mobile in one piece where the format is of such.

    What is free text (a game's name, a zone) keeps its inside as it was typed.
    """
    text = text.translate(_INVISIBLE).strip()
    rule = _RULES.get(format, _RULES["any"])
    if not rule.any_of:
        return text
    text = text.translate(_WIDE).strip()
    if {"mobile", "qq", "digits", "qq_issued"} & set(rule.any_of):
        tight = _GAPS.sub("", text)
        tight = _ABROAD.sub("", tight, count=1) if tight.startswith(("+86", "0086")) else tight
        return tight if tight.isascii() and tight.isdigit() else text
    return text


def check(format: str, text: str) -> str | None:
    """What is wrong with a text that `normal` has seen, or None. A name that is not known asks for nothing."""
    rule = _RULES.get(format, _RULES["any"])
    if not text:
        return "required"
    if len(text) > rule.most:
        return "too_long"
    if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text):
        return "control_character"
    if rule.any_of and not any(_KINDS[kind].fullmatch(text) for kind in rule.any_of):
        return "format"
    if any(_KINDS[kind].fullmatch(text) for kind in rule.none_of):
        return "unwanted"
    return _carrier(rule, text)


def _carrier(rule: _Rule, text: str) -> str | None:
    """A number shows whose it was when it was given out; whether it was carried over since, only carriers know."""
    if not rule.virtual and text.startswith(_VIRTUAL):
        return "virtual"
    if rule.carrier and not text.startswith(_RANGES[rule.carrier]):
        return "carrier" if rule.original else "carrier_unsure"
    return None


def looks_like(format: str, text: str) -> bool:
    """Whether a text may be an account of that format, mere questions aside."""
    found = check(format, normal(format, text))
    return found is None or found in SOFT


def carrier_of(text: str) -> str:
    """Whose a mobile number was when it was given out: cmcc, unicom, telecom; empty for what is no mobile."""
    if not _MOBILE.fullmatch(text):
        return ""
    return next((name for name, beginnings in _RANGES.items() if text.startswith(beginnings)), "")


def filled_in(form: Sequence[FormField], filled: Mapping[str, str]) -> dict[str, str]:
    """What was typed, as it is kept and sent; fields left empty are left out. A password is not touched."""
    found = {}
    for asked in form:
        value = filled.get(asked.key, "")
        value = value if asked.type in ("password", "image") else normal(asked.format or "any", value)
        if asked.type == "number":
            value = value.translate(_WIDE)
        if value:
            found[asked.key] = value
    return found


def problems_of(form: Sequence[FormField], filled: Mapping[str, str]) -> Mapping[str, str]:
    """Field -> one of PROBLEMS, of a form as it was typed; empty: fine."""
    values, keys = filled_in(form, filled), {asked.key for asked in form}
    found = {key: "unknown" for key in filled if key not in keys}
    for asked in form:
        value = values.get(asked.key, "")
        problem = _problem(asked, value) if value else ("required" if asked.required else None)
        if problem:
            found[asked.key] = problem
    return found


def _problem(asked: FormField, value: str) -> str | None:
    if asked.type == "image":
        return "too_long" if len(value) > MAX_IMAGE else None
    if asked.type in ("choice", "choices", "cascade"):
        return _choice(asked, value)
    if asked.type == "long":
        if len(value) > MAX_LONG:
            return "too_long"
        value = " ".join(value.split())
        bare = check("any", value[:MAX_ACCOUNT])
    elif asked.type == "number" and not _NUMBER.fullmatch(value):
        return "format"
    else:
        bare = check(asked.format or "any", value)
    if bare is None or bare in SOFT:
        return "pattern" if not _by_their_rule(asked.regex, value) else bare
    return bare


def _choice(asked: FormField, value: str) -> str | None:
    known = {sent for sent, _words in asked.options}
    chosen = value.split(",") if asked.type == "choices" and value not in known else [value]
    return "option" if known and any(one.strip() not in known for one in chosen) else check("any", value)


def _by_their_rule(pattern: str, text: str) -> bool:
    try:
        return not pattern or fits(pattern, text)
    except Unfit:
        return True
