"""Shapes of EPay, pure: settings of an account, callbacks, replies. All values stay the exact text that was sent."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from goodfor.kernel.money import Money
from goodfor.payments.providers.base import Account, ConfigProblem, NotifyProblem
from goodfor.payments.types import RawRequest

MAX_FIELDS = 64
BEIJING = ZoneInfo("Asia/Shanghai")
_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,32}")
_CHANNEL_NUMBER = re.compile(r"[0-9A-Za-z_.:-]{1,64}")

#: Order states of the query; v1 gateways know the first two or three.
UNPAID, PAID, REFUNDED, FROZEN, PRE_AUTHORISED = "0", "1", "2", "3", "4"


class BadReply(Exception):
    """A reply that is no answer; `reason` is stable and safe to store."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Settings:
    """An account's configuration: `mode` page sends the browser to the gateway, server asks it for a link or code."""

    gateway: str
    pid: str
    version: Literal["v1", "v2"]
    mode: Literal["page", "server"]
    query_by_post: bool
    key_param: bool
    key: str = field(repr=False)
    private_key: str = field(repr=False)
    platform_key: str = field(repr=False)

    @classmethod
    def of(cls, account: Account) -> "Settings":
        """Read an account. Raises ConfigProblem."""
        config, secrets = account.config, account.secrets
        version, mode = config.get("version", "v1"), config.get("mode", "page")
        if version not in ("v1", "v2"):
            raise ConfigProblem("version", "unknown")
        if mode not in ("page", "server"):
            raise ConfigProblem("mode", "unknown")
        pid, gateway = str(config.get("pid", "")), str(config.get("gateway", ""))
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,32}", pid):
            raise ConfigProblem("pid", "malformed")
        if config.get("query_method", "GET") not in ("GET", "POST"):
            raise ConfigProblem("query_method", "unknown")
        return cls(
            gateway=gateway.rstrip("/"),
            pid=pid,
            version=version,
            mode=mode,
            query_by_post=config.get("query_method", "GET") == "POST",
            key_param=bool(config.get("key_param", False)),
            key=secrets.get("key", ""),
            private_key=secrets.get("private_key", ""),
            platform_key=str(config.get("platform_key", "")),
        )


def form_fields(raw: RawRequest) -> dict[str, str]:
    """The parameters of a callback: query, and body of a form POST. Raises NotifyProblem; a name twice is refused."""
    pairs: list[tuple[str, str]] = []
    for part in (raw.query, raw.body if raw.method == "POST" else b""):
        if not part:
            continue
        try:
            text = part.decode("ascii")
            pairs += parse_qsl(
                text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MAX_FIELDS
            )
        except (UnicodeDecodeError, ValueError):
            raise NotifyProblem("malformed") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise NotifyProblem("duplicate_parameter")
    if len(fields) > MAX_FIELDS or any("\x00" in k or "\x00" in v for k, v in pairs):
        raise NotifyProblem("malformed")
    return fields


def is_number(text: str) -> bool:
    """Could be one of our numbers."""
    return _NUMBER.fullmatch(text) is not None


def is_channel_number(text: str) -> bool:
    """Could be one of the gateway's numbers."""
    return _CHANNEL_NUMBER.fullmatch(text) is not None


def money(text: str, currency: str) -> Money | None:
    """An exact positive amount, or None."""
    if not 0 < len(text) <= 16:
        return None
    try:
        amount = Money.parse(text, currency)
    except ValueError:
        return None
    return amount if amount.amount_minor > 0 else None


def beijing_time(text: str) -> datetime | None:
    """`2026-01-01 08:00:05` in Beijing as UTC, or None."""
    try:
        naive = datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
        # "0001-01-01 00:00:00", the zero time of many gateways, lies before the first instant of UTC.
        return naive.replace(tzinfo=BEIJING).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def reply_fields(body: bytes) -> dict[str, str]:
    """A JSON reply as name -> exact text; nested values are left out (they are not signed). Raises BadReply."""
    try:
        decoded = json.loads(
            body.decode("utf-8-sig"),
            parse_float=str,
            parse_int=str,
            parse_constant=_refuse,
            object_pairs_hook=_unique,
        )
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BadReply("not_json") from None
    if not isinstance(decoded, dict):
        raise BadReply("not_json")
    return {k: _text(v) for k, v in decoded.items() if isinstance(v, str | bool)}


def _text(value: str | bool) -> str:
    # As PHP writes a boolean into a string.
    if isinstance(value, bool):
        return "1" if value else ""
    return value


def _refuse(_name: str) -> Any:
    raise ValueError("not a number")


def _unique(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name twice")
    return fields
