"""Reckon anew what was shared while an agreement that was made later already holds: only the difference is booked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from goodfor.finance import agreed, following, planning
from goodfor.finance.agreed import Agreed
from goodfor.finance.mapping import line_facts, share_facts
from goodfor.finance.models import Agreement
from goodfor.finance.operations.follow_orders import add_volumes, put_shares, share_row
from goodfor.finance.rules import booking, shares
from goodfor.finance.rules.facts import LineFacts, Pact, ShareFacts, Volume
from goodfor.finance.sold_models import Backdate, Share, Sold
from goodfor.finance.sold_models import Volume as VolumeRow
from goodfor.finance.types import AgreementView
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.sql import Row, Statement
from goodfor.ledger import operations as ledger
from goodfor.ledger.types import Entry

LIMIT = 300
_LINES = Statement("goodfor.finance", "sql/backdate_lines.sql")
_SUPERSEDE = Statement("goodfor.finance", "sql/share_supersede.sql")


def rebook_agreement(*, shop_id: UUID, agreement_id: UUID, now: datetime, limit: int = LIMIT) -> int:
    """The next lines of a version that was dated back; how many were looked at, 0 once it is over.

    Of a line the share by the version before is superseded, all of it, and the new one takes its place with what
    refunds took back so far: the difference is one entry, at the time of the delivery. One that the new version (or a
    later one) has paid already is left alone: nobody is paid twice. Can stop anywhere between calls.
    """
    with transaction.atomic():
        advisory_xact_lock(("finance", shop_id))
        back = Backdate.objects.filter(shop_id=shop_id, agreement_id=agreement_id, done_at__isnull=True).first()
        if back is None:
            return 0
        rows = _LINES.rows({
            "shop_id": shop_id, "from_at": back.from_at, "until_at": back.until_at, "after_at": back.after_at,
            "after_line": back.after_line, "limit": limit,
        })  # fmt: skip
        made = Backdate.objects.filter(shop_id=shop_id, agreement_id=agreement_id)
        if not rows:
            made.update(done_at=now)
            return 0
        code = Agreement.objects.values_list("code", flat=True).get(shop_id=shop_id, id=agreement_id)
        changed = _rebook(shop_id, agreement_id, code, rows, now)
        made.update(
            after_at=rows[-1][0], after_line=rows[-1][1], lines=F("lines") + len(rows), changed=F("changed") + changed
        )
    reach("finance.rebooked")
    return len(rows)


def _rebook(shop_id: UUID, agreement_id: UUID, code: str, rows: Sequence[Row], now: datetime) -> int:
    known = agreed.read(shop_id)
    lines, held = _made_before(shop_id, [row[1] for row in rows])
    heads = following.HEADS.rows({"shop_id": shop_id, "ids": sorted({row[2] for row in rows})})
    sold_through = {row[0]: row[6] for row in heads}
    entries: defaultdict[str, list[Entry]] = defaultdict(list)
    done = _Done(_volumes(shop_id, code))
    for at, line_id, order_id, currency in rows:
        line, mine = lines[line_id], held.get(line_id, [])
        was = next((one for one in mine if one.agreement_code == code), None)
        others = [one for one in mine if one is not was]
        seen = done.seen(at, currency, was)
        new = _new_share(known, code, line, at, currency, was=was, others=others, seen=seen)
        if new is None:
            continue
        entry = shares.reshare_entry(
            order_id=order_id, line=line, was=was, now=new, at=at, cause=("finance.reshare", agreement_id),
            why=_why(code, was, new),
        )  # fmt: skip
        done.put(order_id, line, currency, was, new, at)
        if entry is not None:
            entries[currency].append(booking.through(entry, sold_through.get(order_id, "")))
    done.write(shop_id, code, now)
    for currency in sorted(entries):
        ledger.post(shop_id=shop_id, currency=currency, entries=entries[currency], now=now)
    return len(done.rows)


@dataclass(slots=True)
class _Done:
    """What lines are given and lose, to be written at once; `volumes` by (month, currency), as they are by now."""

    volumes: dict[tuple[date, str], Volume]
    old: list[tuple[UUID, UUID]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    more: dict[tuple[date, str], Volume] = field(default_factory=dict)

    def seen(self, at: datetime, currency: str, was: ShareFacts | None) -> Volume:
        """What the agreement has seen of the month besides this very line's share."""
        seen = self.volumes.get((planning.month_of(at), currency), Volume())
        return replace(seen, shared=seen.shared - was.amount) if was else seen

    def put(
        self, order_id: UUID, line: LineFacts, currency: str, was: ShareFacts | None, new: ShareFacts, at: datetime
    ) -> None:
        """A share in the place of another, or where none was."""
        units = 0
        if was is not None:
            self.old.append((line.line_id, was.agreement_id))
        else:
            units = int(str(new.explained.get("units", line.quantity)))
        self.rows.append(share_row(order_id, line.line_id, line.sku_id, currency, new))
        key = (planning.month_of(at), currency)
        moved = (units, new.base if was is None else 0, new.amount - (was.amount if was else 0))
        self.volumes[key] = self.volumes.get(key, Volume()).plus(*moved)
        self.more[key] = self.more.get(key, Volume()).plus(*moved)

    def write(self, shop_id: UUID, code: str, now: datetime) -> None:
        """All of it; the old ones first, since of all versions one pays."""
        if self.old:
            lines, agreements = zip(*self.old, strict=True)
            params = {"shop_id": shop_id, "lines": list(lines), "agreements": list(agreements), "now": now}
            _SUPERSEDE.run(params)
        put_shares(shop_id, self.rows, now)
        moved = [
            {"code": code, "month": month.isoformat(), "currency": currency, "units": one.units, "base": one.base,
             "shared": one.shared}
            for (month, currency), one in sorted(self.more.items())
        ]  # fmt: skip
        if moved:
            add_volumes(shop_id, moved)


def _volumes(shop_id: UUID, code: str) -> dict[tuple[date, str], Volume]:
    return {
        (row.month, row.currency): Volume(row.units, row.base_minor, row.shared_minor)
        for row in VolumeRow.objects.filter(shop_id=shop_id, agreement_code=code)
    }


def _made_before(shop_id: UUID, line_ids: Sequence[UUID]) -> tuple[dict[UUID, LineFacts], dict[UUID, list[ShareFacts]]]:
    parts: defaultdict[UUID, list[Sold]] = defaultdict(list)
    for row in Sold.objects.filter(shop_id=shop_id, order_line_id__in=line_ids):
        parts[row.order_line_id].append(row)
    held: defaultdict[UUID, list[ShareFacts]] = defaultdict(list)
    live = Share.objects.filter(shop_id=shop_id, order_line_id__in=line_ids, superseded_at__isnull=True)
    for share in live.order_by("rank", "agreement_code"):
        held[share.order_line_id].append(share_facts(share))
    return {line_id: line_facts(rows) for line_id, rows in parts.items()}, held


def _new_share(
    known: Agreed, code: str, line: LineFacts, at: datetime, currency: str, *, was: ShareFacts | None,
    others: Sequence[ShareFacts], seen: Volume,
) -> ShareFacts | None:  # fmt: skip
    """What a line's share is by the version that holds now for its time; None: it is as it should be."""
    version = _holding(known.agreements[code], at)
    if version is None or (was is not None and was.agreement_id == version.id):
        return None
    party = known.parties[version.says.party_id]
    if party.currency != currency:
        return None
    rank = was.rank if was else max((one.rank for one in others), default=-1) + 1
    limit = line.gross - line.vat - sum(one.amount for one in others)
    volume = was.volume_before if was else None
    fresh = shares.share(Pact(version, party), line, rank=rank, seen=seen, limit=max(0, limit), volume=volume)
    if fresh is None:
        if was is None:
            return None
        nothing = {"terms": version.says.terms.kind, "out_of_scope": True}
        fresh = replace(
            was, agreement_id=version.id, version=version.version, base=0, amount=0, reversed=0, explained=nothing
        )
    elif was is None and version.says.terms.kind == "none":
        return None
    return shares.restated(line, others, fresh)


def _holding(versions: Sequence[AgreementView], at: datetime) -> AgreementView | None:
    return max((one for one in versions if one.holds(at)), key=lambda one: one.version, default=None)


def _why(code: str, was: ShareFacts | None, new: ShareFacts) -> dict[str, object]:
    before = {"was_version": was.version, "was": was.amount, "was_back": was.reversed} if was else {}
    return {"agreement": code, "of": new.version, "now": new.amount, "now_back": new.reversed, **before}
