"""How entries of finance are made: lines with what they belong to, the rule and its version beside them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.ledger.types import Cause, Entry, Line

#: Dimensions that the ledger keeps: those it does not know are left out.
_KEPT = {field.name for field in fields(Line)}
_VERSIONED = "rule_version" in {field.name for field in fields(Entry)}
#: Who posts while an order is followed; what it posts is no news to itself.
FOLLOWING = "finance.order"


def line(
    account: str, amount: int, *, order_id: UUID | None = None, line_id: UUID | None = None, sku_id: UUID | None = None,
    **dimensions: Any,
) -> Line:  # fmt: skip
    """A posting; further dimensions: supplier_id, party_id, brand_id, campaign_id, channel."""
    kept = {name: value for name, value in dimensions.items() if name in _KEPT and value}
    return Line(account, amount, order_id, line_id, sku_id, **kept)


def through(made: Entry, channel: str) -> Entry:
    """The entry with every line that belongs to an order marked by where this was sold."""
    if not channel:
        return made
    return Entry(
        made.reference, made.kind, tuple(_marked(one, channel) if one.order_id else one for one in made.lines),
        made.effective_at, made.cause, made.metadata, made.rule_version, made.adjustment,
    )  # fmt: skip


def _marked(one: Line, channel: str) -> Line:
    # Not by `replace`: there are some fifteen lines to an order, and it takes thrice as long.
    return Line(
        one.account, one.amount_minor, one.order_id, one.order_line_id, one.sku_id, one.supplier_id, one.party_id,
        one.brand_id, one.campaign_id, channel,
    )  # fmt: skip


def entry(
    *, rule: str, version: int, reference: str, lines: Sequence[Line], at: datetime, cause: Cause,
    why: Mapping[str, Any] | None = None,
) -> Entry | None:  # fmt: skip
    """An entry of a rule, or None where nothing moves. Lines of nothing are left out."""
    kept = tuple(one for one in lines if one.amount_minor)
    if not kept:
        return None
    more: dict[str, Any] = {"rule_version": version} if _VERSIONED else {}
    metadata = {"rule": rule, "version": version, **(why or {})}
    return Entry(reference, f"finance.{rule}", kept, at, cause, metadata, **more)
