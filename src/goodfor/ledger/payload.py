"""From entries to the parameters of ledger_post: checks, payload hash, array literals. Pure.

Array literals are written here because a driver's adapters cost more than the whole call for some twenty arrays.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger.errors import Unbalanced
from goodfor.ledger.types import Entry, Line

NAME = re.compile(r"[A-Za-z0-9_.:/#-]{1,160}")
KIND = re.compile(r"[A-Za-z0-9_.:/#-]{1,48}")
MAX_LINES = 30_000
BIGINT = 2**63
NIL = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry with what only the ledger itself may set: `held` lines go to layer 1."""

    entry: Entry
    held: tuple[Line, ...] = ()
    reverses: int | None = None
    settles: int | None = None


class _Texts(dict[UUID | None, str]):
    """Ids as text, each converted once: the lines of an order mostly bear the same ones."""

    def __missing__(self, key: UUID | None) -> str:
        self[key] = text = "NULL" if key is None else str(key)
        return text


def payload_hash(currency: str, draft: Draft, texts: dict[UUID | None, str] | None = None) -> bytes:
    """SHA-256 (32 bytes) of what makes a transaction the same: currency, kind, cause, metadata, lines; no times.

    What a line says nothing about is left out where it was not there from the beginning, so that old hashes stay.
    """
    texts = _Texts() if texts is None else texts
    entry = draft.entry
    parts = [currency, entry.kind, entry.cause[0], texts[entry.cause[1]], str(draft.reverses), str(draft.settles)]
    if entry.metadata:
        parts.append(json.dumps(entry.metadata, sort_keys=True, default=str))
    for layer, lines in ((0, entry.lines), (1, draft.held)):
        for x in lines:
            dimensions = f"{texts[x.order_id]}|{texts[x.order_line_id]}|{texts[x.sku_id]}"
            if x.supplier_id or x.party_id or x.brand_id or x.campaign_id or x.channel:
                more = (texts[x.supplier_id], texts[x.party_id], texts[x.brand_id], texts[x.campaign_id], x.channel)
                dimensions += "|" + "|".join(more)
            parts.append(f"{layer}|{x.account}|{x.amount_minor}|{dimensions}")
    return sha256("\n".join(parts).encode()).digest()


def _check(drafts: Sequence[Draft]) -> None:
    if not drafts:
        raise InvalidInput("nothing to post")
    if sum(len(d.entry.lines) + len(d.held) for d in drafts) > MAX_LINES:
        raise InvalidInput("too many lines in one call", limit=MAX_LINES)
    for draft in drafts:
        entry = draft.entry
        if entry.effective_at.tzinfo is None:
            raise InvalidInput("effective_at needs a time zone")
        if not NAME.fullmatch(entry.reference) or not KIND.fullmatch(entry.kind):
            raise InvalidInput("reference and kind are names", reference=entry.reference[:160])
        if not 1 <= entry.rule_version < 2**15:
            raise InvalidInput("rule version out of range", reference=entry.reference)
        if entry.adjustment and not entry.metadata.get("reason"):
            raise InvalidInput("an adjustment says why", reference=entry.reference)
        for lines in (entry.lines, draft.held):
            amounts = [x.amount_minor for x in lines]
            if sum(amounts) or 0 in amounts:
                raise Unbalanced(reference=entry.reference, difference_minor=sum(amounts))
            if any(not -BIGINT < amount < BIGINT for amount in amounts):
                raise InvalidInput("amount out of range", reference=entry.reference)
        if not entry.lines and not draft.held:
            raise Unbalanced(reference=entry.reference)


def _texts(values: Iterable[str]) -> str:
    # Names hold no quote or backslash (checked), so quoting is enough; unquoted, NULL would be read as null.
    return '{"' + '","'.join(values) + '"}'


def _numbers(values: Iterable[int | None]) -> str:
    return "{" + ",".join("NULL" if v is None else str(v) for v in values) + "}"


def _uuids(values: Sequence[UUID | None], texts: dict[UUID | None, str]) -> str | None:
    if not any(values):
        return None
    return "{" + ",".join([texts[v] for v in values]) + "}"


def _named(values: Sequence[UUID | None], texts: dict[UUID | None, str]) -> str | None:
    # The nil id for nothing: an array without nulls is read by place, however long it is.
    if not any(values):
        return None
    return "{" + ",".join([texts[v] if v else NIL for v in values]) + "}"


def parameters(drafts: Sequence[Draft], currency: str) -> dict[str, Any]:
    """Parameters of sql/post.sql except shop, currency, time and actor. Raises InvalidInput or Unbalanced."""
    _check(drafts)
    texts = _Texts()
    entries = [d.entry for d in drafts]
    index: list[int] = []
    lines: list[Line] = []
    layers: list[int] = []
    for number, draft in enumerate(drafts, 1):
        index += [number] * (len(draft.entry.lines) + len(draft.held))
        lines += draft.entry.lines
        layers += [0] * len(draft.entry.lines)
        if draft.held:
            lines += draft.held
            layers += [1] * len(draft.held)
    for line in lines:
        if not NAME.fullmatch(line.account):
            raise InvalidInput("not an account code", account=line.account[:160])
        if line.channel and not KIND.fullmatch(line.channel):
            raise InvalidInput("a channel is a name", account=line.account)
    undoing = any(d.reverses or d.settles for d in drafts)
    has_metadata = any(e.metadata for e in entries)
    return {
        "reference": _texts(e.reference for e in entries),
        "kind": _texts(e.kind for e in entries),
        "hash": _texts("\\\\x" + payload_hash(currency, d, texts).hex() for d in drafts),
        "effective": _texts(e.effective_at.isoformat() for e in entries),
        "cause_type": _texts(_cause_type(e) for e in entries),
        "cause_id": _uuids([e.cause[1] for e in entries], texts) or _numbers([None] * len(entries)),
        "metadata": json.dumps([dict(e.metadata) or None for e in entries], default=str) if has_metadata else None,
        "reverses": _numbers(d.reverses for d in drafts) if undoing else None,
        "settles": _numbers(d.settles for d in drafts) if undoing else None,
        "entry": _numbers(index),
        "account": _texts(x.account for x in lines),
        "amount": _numbers(x.amount_minor for x in lines),
        "layer": _numbers(layers) if any(layers) else None,
        "order_id": _uuids([x.order_id for x in lines], texts),
        "order_line_id": _uuids([x.order_line_id for x in lines], texts),
        "sku_id": _uuids([x.sku_id for x in lines], texts),
        "rule": _numbers(e.rule_version for e in entries) if any(e.rule_version != 1 for e in entries) else None,
        "adjustment": _numbers(int(e.adjustment) for e in entries) if any(e.adjustment for e in entries) else None,
        "supplier_id": _named([x.supplier_id for x in lines], texts),
        "party_id": _named([x.party_id for x in lines], texts),
        "brand_id": _named([x.brand_id for x in lines], texts),
        "campaign_id": _named([x.campaign_id for x in lines], texts),
        "channel": _texts(x.channel for x in lines) if any(x.channel for x in lines) else None,
    }


def _cause_type(entry: Entry) -> str:
    kind = entry.cause[0]
    if kind and not KIND.fullmatch(kind):
        raise InvalidInput("cause type is a name")
    return kind
