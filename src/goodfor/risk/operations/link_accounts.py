"""Keep links and groups up to date with what happened: events into links, new links into groups.

Both steps may be cut off anywhere and repeated: each is one transaction. Groups depend on the links alone, not on the
order in which they came; `rebuild_clusters` makes the same ones from nothing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import OperationalError, transaction

from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.risk.link_kinds import LINE, RULES, SLOT_SECONDS, WEAK, LinkKind, limit_columns, proof_columns
from goodfor.risk.link_models import LinkProgress
from goodfor.risk.linking import Row, clusters
from goodfor.risk.operations.cluster_steps import write_rows

#: Numbers of events looked at in one transaction, and fresh links of a shop.
EVENTS: Final = 20_000
LINKS: Final = 2_000
_PLACE: Final = "events"
_MARK_EVERY: Final = timedelta(seconds=1)
log = structlog.get_logger(__name__)
_PROGRESS = Statement("goodfor.risk", "sql/link_progress.sql")
_GATHER = Statement("goodfor.risk", "sql/link_gather.sql")
_WAITING = Statement("goodfor.risk", "sql/link_waiting.sql")
_FRESH = Statement("goodfor.risk", "sql/link_fresh.sql")
_SETTLED = Statement("goodfor.risk", "sql/link_settled.sql")
_ALIKE = Statement("goodfor.risk", "sql/link_alike.sql")
_COUNTED = Statement("goodfor.risk", "sql/link_counted.sql")
_SETTLE = Statement("goodfor.risk", "sql/link_settle.sql")
_ROWS = Statement("goodfor.risk", "sql/cluster_rows.sql")


def link_accounts(now: datetime) -> int:
    """One round over all shops; how much was done (more than nothing: there may be more)."""
    done = gather(now)
    with platform_job("shops with links to settle"):
        shops = [shop_id for (shop_id,) in _WAITING.rows({})]
    for shop_id in shops:
        try:
            done += regroup(shop_id, now)
        except OperationalError as error:
            # Its groups are being made anew; the links wait where they are.
            log.warning("links_put_off", shop_id=str(shop_id), error=type(error).__name__)
    return done


def gather(now: datetime, *, at_once: bool = False) -> int:
    """Read the next events into links; how many numbers of events were passed.

    Events are read a second or two late, so that none is missed that is still being written. `at_once`: all that can be
    seen now, where nobody else writes.
    """
    with transaction.atomic(), platform_job("links from the events of all shops"):
        LinkProgress.objects.get_or_create(name=_PLACE)
        row = _PROGRESS.row({})
        assert row is not None
        done, seen, mark, following, marked_at, last, oldest, newest = row
        if at_once:
            seen, following, settled = last, last, True
        else:
            settled = oldest >= mark
        upto = min(seen, done + EVENTS) if settled else done
        if upto > done:
            _GATHER.run({"after": done, "upto": upto, "slot": SLOT_SECONDS, **proof_columns()})
        # After a dump was loaded into another cluster, its transactions count from less: mark anew.
        if (settled and upto == seen and (marked_at is None or now - marked_at >= _MARK_EVERY)) or mark > newest:
            seen, mark, following, marked_at = max(following, upto), newest, max(last, following), now
        LinkProgress.objects.filter(name=_PLACE).update(
            done_id=upto, seen_id=seen, mark_xid=mark, next_id=following, marked_at=marked_at
        )
        return int(upto - done)


def regroup(shop_id: UUID, now: datetime, limit: int = LINKS) -> int:
    """Work fresh links of a shop into its groups; how many links. Raises OperationalError while somebody else does."""
    with transaction.atomic():
        advisory_xact_lock(("links", shop_id))
        fresh = _FRESH.rows({"shop_id": shop_id, "limit": limit})
        if not fresh:
            return 0
        buyers, keys = _touched(shop_id, fresh)
        rows = _ROWS.rows({"shop_id": shop_id, "keys": sorted(buyers | keys)})
        old = {key: Row(*rest) for key, *rest in rows}
        buyers |= {key for key, row in old.items() if row.kind == LinkKind.BUYER}
        counted = _COUNTED.rows({"shop_id": shop_id, "buyers": sorted(buyers), **limit_columns()})
        write_rows(shop_id, old, clusters(counted), now)
        _SETTLE.run(
            {
                "shop_id": shop_id, "keys": [key for key, _, _, _ in fresh],
                "buyers": [buyer for _, buyer, _, _ in fresh], "first": [first_at for *_, first_at in fresh],
            }
        )  # fmt: skip
        return len(fresh)


def _touched(shop_id: UUID, fresh: Sequence[tuple[int, int, int, datetime]]) -> tuple[set[int], set[int]]:
    """Buyers whose links to others may change by fresh ones, and strong keys whose group may.

    Those are the newcomers, whoever already counts with their strong keys, and whoever shares enough weak ones; and all
    who lose a weak key that becomes a hub by them. A key that is a hub already changes nothing by one more: of a weak
    one nobody counts, of a strong one the first do, unless the newcomer is earlier than them. So a flood on one key
    costs no more than its limit. Two fresh links of one key meet in whichever round comes later.
    """
    kinds = {key: LinkKind(kind) for key, _, kind, _ in fresh}
    most = [RULES[kind].most + (0 if RULES[kind].strong else 1) for kind in kinds.values()]
    settled: dict[int, list[tuple[datetime, int]]] = {key: [] for key in kinds}
    crowds: dict[int, int] = {}
    for key, buyer, first_at, crowd in _SETTLED.rows({"shop_id": shop_id, "keys": list(kinds), "most": most}):
        settled[key].append((first_at, buyer))
        crowds[key] = crowd
    buyers = {buyer for _, buyer, _, _ in fresh}
    keys: set[int] = set()
    for key, buyer, _, first_at in fresh:
        rule, known = RULES[kinds[key]], settled[key]
        if not rule.strong:
            if len(known) <= rule.most < crowds.get(key, 0):
                buyers.update(one for _, one in known)
        elif len(known) < rule.most or (first_at, buyer) < known[-1]:
            keys.add(key)
            buyers.update(one for _, one in known)
    return buyers | _alike(shop_id, {buyer for key, buyer, _, _ in fresh if not RULES[kinds[key]].strong}), keys


def _alike(shop_id: UUID, newcomers: Collection[int]) -> set[int]:
    """Whoever shares enough weak keys with one of these."""
    if not newcomers:
        return set()
    params = {
        "shop_id": shop_id, "buyers": sorted(newcomers), "line": LINE, "kinds": [int(kind) for kind in WEAK],
        "most": [RULES[kind].most for kind in WEAK], "weights": [RULES[kind].weight for kind in WEAK],
    }  # fmt: skip
    return {buyer for (buyer,) in _ALIKE.rows(params)}
