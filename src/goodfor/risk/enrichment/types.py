"""What enrichment is told and what its tables answer. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

READY: Final = "ready"
ABSENT: Final = "absent"
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True)
class LastSeen:
    """The last good sign-in of whoever acts, before this act.

    `province` and `city` are what the snapshot of that act said (`ip_province`, `ip_city`); from overseas the province
    is its `ip_country`. `provinces_90d`: the same, of all good acts of 90 days. None or empty: not known.
    """

    at: datetime
    province: str | None = None
    city: str | None = None
    provinces_90d: frozenset[str] | None = None


class Place(NamedTuple):
    """Where an address is, as a table says; None: the table does not know.

    `country`: ISO 3166-1 (CN is the mainland; HK, MO, TW stand for themselves). `province`: one of the 34 short names.
    `carrier`: telecom, unicom, mobile, broadnet, education, cloud or other.
    """

    country: str | None
    province: str | None
    city: str | None
    carrier: str | None


class Origin(NamedTuple):
    """What kind of machine an address is: hosting, cdn, vpn, tor or bot; and whose."""

    provider: str
    kind: str


@dataclass(frozen=True, slots=True)
class TableState:
    """How a table of addresses does. `source`: own (the operator's file), packaged, or empty.

    `refused`: why the operator's file is not used, in English, for the log and the page about the engine's health.
    """

    name: str
    state: str
    source: str = ""
    refused: str = ""


class Damaged(Exception):
    """A file is not what it should be; the text says what is wrong with it."""
