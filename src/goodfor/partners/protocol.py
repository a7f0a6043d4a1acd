"""The protocol of points malls: how calls are signed, read and answered. Pure.

Its signature is MD5 over the values of all parameters and the secret, in the order of their names, without anything
between them: a value can be shifted into its neighbour without changing it. That is what malls speak; whoever can,
signs by HMAC-SHA256 over names and values, with a time and a nonce. Amounts are fen, times milliseconds since 1970.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from goodfor.partners import states

#: A call, or a link into a mall, is good for so long, before and after the time it says.
WINDOW: Final = timedelta(minutes=5)
MOST_PARAMS: Final = 60
MOST_UNITS: Final = 10**9
MOST_MINOR: Final = 10**9
_NUMBER: Final = re.compile(r"[0-9]{1,15}")
_NAME: Final = re.compile(r"[A-Za-z0-9_.:@-]{1,64}")
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Malformed(Exception):
    """A call that cannot be read; the text names what of it."""


def md5_signature(params: Mapping[str, str], secret: str) -> str:
    """Lower hex of MD5 over the values, `appSecret` among them, sorted by name; `sign` is left out."""
    named = {**{name: value for name, value in params.items() if name != "sign"}, "appSecret": secret}
    text = "".join(named[name] for name in sorted(named))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def hmac_signature(params: Mapping[str, str], secret: str) -> str:
    """Lower hex of HMAC-SHA256 over `name=value&...`, percent-encoded and sorted by name; `sign` is left out."""
    named = sorted((name, value) for name, value in params.items() if name != "sign")
    text = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in named)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signature(signing: str, params: Mapping[str, str], secret: str) -> str:
    """By the way of signing that was agreed on."""
    return hmac_signature(params, secret) if signing == states.HMAC else md5_signature(params, secret)


def is_signed(signing: str, params: Mapping[str, str], secret: str) -> bool:
    """Whether `sign` is the signature of the others, told in constant time."""
    given = params.get("sign", "")
    return hmac.compare_digest(signature(signing, params, secret).encode(), given.lower().encode())


def could_be_link(params: Mapping[str, str]) -> bool:
    """Whether the MD5 signature of these is also that of a member's link into the mall: points, a time and a uid.

    The member has seen that link: of its 1,000 points he would make a call that gives him 100 under the number 0.
    """
    rest = "".join(params[name] for name in sorted(params) if name not in ("appKey", "appSecret", "sign"))
    return rest.removesuffix(params.get("uid", "")).isdigit()


def is_plain_link(params: Mapping[str, str]) -> bool:
    """Whether nothing stands behind the time in a link but the uid: else a person called 1123 would come in as 123."""
    return all(name <= "timestamp" or name == "uid" for name in params)


def signed(signing: str, params: Mapping[str, str], secret: str, *, now: datetime, nonce: str) -> dict[str, str]:
    """These and the time, the nonce where one is wanted, and the signature."""
    full = {**params, "timestamp": str(millis(now))}
    if signing == states.HMAC:
        full["nonce"] = nonce
    return {**full, "sign": signature(signing, full, secret)}


def millis(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def read_params(query: bytes, body: bytes) -> dict[str, str]:
    """Parameters of a call, by query and form together. Raises Malformed; a name that comes twice is no call."""
    found: dict[str, str] = {}
    for part in (query, body):
        try:
            text = part.decode("ascii")
            pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMS)
        except (UnicodeDecodeError, ValueError):
            raise Malformed("encoding") from None
        for name, value in pairs:
            if name in found or "\x00" in name or "\x00" in value:
                raise Malformed(name[:20])
            found[name] = value
    if len(found) > MOST_PARAMS:
        raise Malformed("params")
    return found


def is_timely(params: Mapping[str, str], now: datetime) -> bool:
    """Whether `timestamp` is within the window."""
    text = params.get("timestamp", "")
    if not _NUMBER.fullmatch(text):
        return False
    try:
        said = datetime.fromtimestamp(int(text) / 1000, tz=UTC)
    except (OverflowError, ValueError, OSError):
        return False
    return abs(now - said) <= WINDOW


def nonce_of(params: Mapping[str, str]) -> str:
    """Raises Malformed."""
    nonce = params.get("nonce", "")
    if not _NONCE.fullmatch(nonce):
        raise Malformed("nonce")
    return nonce


@dataclass(frozen=True, slots=True)
class PointsCall:
    """A mall takes units of somebody (`deduct`), or gives some (`add`). `actual_minor`: what we owe the mall for it."""

    order_num: str
    uid: str
    units: int
    actual_minor: int = 0
    face_minor: int = 0
    item: str = ""
    goods: str = ""
    description: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class NoticeCall:
    """What became of an order. `biz_id` is empty where whoever tells never heard our answer."""

    order_num: str
    success: bool
    biz_id: str = ""
    message: str = field(default="", repr=False)


def read_points(params: Mapping[str, str]) -> PointsCall:
    """A call that takes or gives units. Raises Malformed."""
    return PointsCall(
        order_num=_named(params, "orderNum"), uid=_named(params, "uid"), units=_whole(params, "credits", 1, MOST_UNITS),
        actual_minor=_whole(params, "actualPrice", 0, MOST_MINOR, empty=0),
        face_minor=_whole(params, "facePrice", 0, MOST_MINOR, empty=0),
        item=params.get("itemCode", "")[:64], goods=params.get("type", "")[:40],
        description=params.get("description", "")[:200],
    )  # fmt: skip


def read_notice(params: Mapping[str, str]) -> NoticeCall:
    """A notice of a result. Raises Malformed: only `true` and `false` are results."""
    said = params.get("success", "")
    if said not in ("true", "false"):
        raise Malformed("success")
    return NoticeCall(
        _named(params, "orderNum"), said == "true", params.get("bizId", "")[:64], params.get("errorMessage", "")[:200]
    )


@dataclass(frozen=True, slots=True)
class SupplyCall:
    """A mall has goods of ours supplied for an order of its own. `goods`: what it calls them, a SKU's code here."""

    order_num: str
    uid: str
    goods: str


def read_supply(params: Mapping[str, str]) -> SupplyCall:
    """A call for virtual goods. Raises Malformed."""
    goods = params.get("params", "")
    if not 1 <= len(goods) <= 64:
        raise Malformed("params")
    return SupplyCall(_named(params, "orderNum"), _named(params, "uid"), goods)


def write_supply(status: str, ref: str, left: int | None, message: str) -> bytes:
    """As JSON. `status`: success, process (not there yet, and no success) or fail; `ref`: our number of it."""
    told = {"status": status, "errorMessage": message, "supplierBizId": ref, "credits": str(left or 0)}
    return json.dumps(told, ensure_ascii=False).encode()


def read_guest(params: Mapping[str, str]) -> tuple[str, int]:
    """Who comes into a mall, and with how many points. Raises Malformed."""
    return _named(params, "uid"), _whole(params, "credits", 0, 10**12, empty=0)


def read_order_num(params: Mapping[str, str]) -> str:
    """Which order is asked about. Raises Malformed."""
    return _named(params, "orderNum")


@dataclass(frozen=True, slots=True)
class PointsAnswer:
    """What a developer answers. `ok` is the only word for done; anything else that can be read is `fail`."""

    ok: bool
    biz_id: str = ""
    credits: int | None = None
    message: str = ""


def write_points(answer: PointsAnswer) -> bytes:
    """As JSON; what a developer owes to say: how it went, its number, the balance."""
    told = {
        "status": "ok" if answer.ok else "fail", "errorMessage": answer.message, "bizId": answer.biz_id,
        "credits": str(answer.credits or 0),
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False).encode()


def read_answer(body: bytes) -> PointsAnswer | None:
    """What a developer answered; None: it says neither `ok` nor `fail`, so that nothing is known."""
    said = _object(body)
    status = said.get("status")
    if status not in ("ok", "fail"):
        return None
    biz_id, credits = str(said.get("bizId") or ""), str(said.get("credits") or "")
    if status == "ok" and not _NAME.fullmatch(biz_id):
        return None
    return PointsAnswer(
        status == "ok", biz_id, int(credits) if _NUMBER.fullmatch(credits) else None,
        str(said.get("errorMessage") or "")[:200],
    )  # fmt: skip


def write_state(known: str) -> bytes:
    """What a mall says of an order: `success`, `fail`, `process`; or nothing, of one that it does not know."""
    return json.dumps({"success": bool(known), "status": known}).encode()


def read_state(body: bytes) -> bool | None:
    """What a mall says of an order; None: not ended, or nothing that can be read. `process` is no success."""
    said = _object(body)
    if said.get("success") is not True:
        return None
    return {"success": True, "fail": False}.get(str(said.get("status")))


def link(url: str, params: Mapping[str, str]) -> str:
    """An address with its parameters."""
    return f"{url}?{urlencode(params)}"


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _named(params: Mapping[str, str], name: str) -> str:
    value = params.get(name, "")
    if not _NAME.fullmatch(value):
        raise Malformed(name)
    return value


def _whole(params: Mapping[str, str], name: str, least: int, most: int, *, empty: int | None = None) -> int:
    value = params.get(name, "")
    if not value and empty is not None:
        return empty
    if not _NUMBER.fullmatch(value) or not least <= int(value) <= most:
        raise Malformed(name)
    return int(value)
