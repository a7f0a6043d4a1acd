"""Count a guess at a door before it is looked at, and keep the door shut for growing times after five."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.identity.errors import TooManyGuesses
from goodfor.identity.types import Visitor
from goodfor.identity.visitors import address_hash
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement

_KNOCK = Statement("goodfor.identity", "sql/knock.sql")
FREE = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """After `FREE` tries a pause of `first` seconds, doubling up to `most`; forgotten after `forget` without a try."""

    first: float
    most: float
    forget: timedelta


RULES = {
    "password.account": Rule(30, 3600, timedelta(days=1)),
    "password.device": Rule(30, 900, timedelta(days=1)),
    "code.account": Rule(30, 300, timedelta(hours=6)),
    "code.device": Rule(30, 300, timedelta(hours=6)),
    # Many people share an address; the pauses are felt by a guesser and hardly by them.
    "address": Rule(10, 900, timedelta(hours=1)),
}


@dataclass(frozen=True, slots=True)
class Try:
    """A counted try, to be forgiven when it was right."""

    scope: str
    subject_hash: bytes


def knock(
    *, shop_id: UUID, way: str, account: bytes, visitor: Visitor, known_device: bytes | None, now: datetime
) -> list[Try]:
    """Count one guess (`way` is password or code) at an account; commits by itself. Raises TooManyGuesses.

    A browser that the account knows has a door of its own: whoever hammers at the account's door or from the owner's
    address does not slow the owner down. `known_device` is such a browser's hash, found in the database and never taken
    from the browser's word alone. `account` is the same 16 bytes whether or not there is such an account.
    """
    if known_device is not None:
        tries = [Try(f"{way}.device", door_subject(account + known_device))]
    else:
        network = address_hash(visitor)
        # The address first: a guesser whose address is slow does not make the account's door slow as well.
        tries = [Try("address", door_subject(network))] if network else []
        tries.append(Try(f"{way}.account", door_subject(account)))
    for one in tries:
        _count(shop_id, one, now)
    return tries


def _count(shop_id: UUID, one: Try, now: datetime) -> None:
    rule = RULES[one.scope]
    row = _KNOCK.row(
        {
            "try": uuid7(),
            "shop_id": shop_id,
            "scope": one.scope,
            "subject_hash": one.subject_hash,
            "now": now,
            "free": FREE,
            "first": rule.first,
            "most": rule.most,
            "forget": rule.forget,
        }
    )
    assert row is not None
    if not row[0]:
        seconds = max(1, int((row[1] - now).total_seconds()) + 1)
        raise TooManyGuesses(_("请稍后再试，或换一种登录方式。"), retry_after=seconds)


def door_subject(value: bytes) -> bytes:
    """How a door names an account, a device at an account, or an address: 32 bytes that do not tell which."""
    return hashlib.sha256(b"door:" + value).digest()
