"""Rules, lists and what waits for a second person, for people to look at."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from django.db.models import Count, Q

from goodfor.kernel.sql import Tally
from goodfor.risk import rule_states as states
from goodfor.risk.errors import EntryNotFound, ProposalNotFound, RuleNotFound
from goodfor.risk.list_keys import TYPES, list_key, normal
from goodfor.risk.list_models import CustomList, ListEntry
from goodfor.risk.rule_models import Proposal, Quarantine, Rule, RuleVersion, Snooze
from goodfor.risk.rule_types import EntryView, ListKind, ProposalView, RuleText, RuleView, VersionView
from goodfor.risk.types import KeyKind, Outcome, Scene

#: How many changes of a shop wait for a second person, up to 100.
waiting_proposals: Final = Tally(__package__, "sql/waiting_proposals.sql")


def rules(shop_id: UUID, *, retired: bool = False) -> list[RuleView]:
    """All rules of a shop, by code."""
    found = Rule.objects.select_related("version").filter(shop_id=shop_id).order_by("code")
    rows = [row for row in found if retired or row.state != states.RETIRED]
    newest = {
        version.rule_id: version
        for version in RuleVersion.objects.filter(shop_id=shop_id, rule_id__in=[row.id for row in rows]).order_by(
            "number"
        )
    }
    waiting = _waiting(shop_id)
    return [_view(row, newest[row.id], waiting.get(row.id)) for row in rows]


def rule(shop_id: UUID, rule_id: UUID) -> RuleView:
    """One rule. Raises RuleNotFound."""
    row = Rule.objects.select_related("version").filter(shop_id=shop_id, id=rule_id).first()
    if row is None:
        raise RuleNotFound
    return rule_view(row)


def rule_view(row: Rule) -> RuleView:
    """As it is stored."""
    latest = RuleVersion.objects.get(shop_id=row.shop_id, rule_id=row.id, number=row.latest)
    return _view(row, latest, _waiting(row.shop_id, row.id).get(row.id))


def versions(shop_id: UUID, rule_id: UUID) -> list[VersionView]:
    """All versions of a rule, newest first."""
    found = RuleVersion.objects.filter(shop_id=shop_id, rule_id=rule_id).order_by("-number")
    return [version_view(row) for row in found]


def version_view(row: RuleVersion) -> VersionView:
    """As it is stored."""
    says = RuleText(
        name=row.name, text=row.text, scenes=tuple(Scene(scene) for scene in row.scenes),
        outcome=Outcome(row.outcome), label=row.label, threat=row.threat, words=row.words, hard=row.hard,
        hold_minutes=row.hold_minutes, cost=row.cost, quarantine_days=row.quarantine_days,
        quarantine_by=KeyKind(row.quarantine_by) if row.quarantine_by else None,
    )  # fmt: skip
    return VersionView(
        row.id, row.number, says, row.tree, row.made_by, row.made_at, row.approved_by, row.approved_at
    )  # fmt: skip


def proposals(shop_id: UUID, *, waiting: bool = True, limit: int = 100) -> list[ProposalView]:
    """What waits for a second person, or what was asked for at all, newest first."""
    found = Proposal.objects.filter(shop_id=shop_id).order_by("-id")
    return [_proposal(row) for row in (found.filter(state=states.OPEN) if waiting else found)[:limit]]


def proposal(shop_id: UUID, proposal_id: UUID) -> ProposalView:
    """One of them. Raises ProposalNotFound."""
    row = Proposal.objects.filter(shop_id=shop_id, id=proposal_id).first()
    if row is None:
        raise ProposalNotFound
    return _proposal(row)


def snoozes(shop_id: UUID, rule_id: UUID, now: datetime) -> list[Snooze]:
    """Those of a rule that run, the last to end first."""
    found = Snooze.objects.filter(shop_id=shop_id, rule_id=rule_id, ended_at__isnull=True, until__gt=now)
    return list(found.order_by("-until"))


def quarantines(shop_id: UUID, rule_id: UUID, now: datetime, limit: int = 200) -> list[Quarantine]:
    """Keys that a rule holds tripped, the last to end first."""
    found = Quarantine.objects.filter(shop_id=shop_id, rule_id=rule_id, lifted_at__isnull=True, until__gt=now)
    return list(found.order_by("-until")[:limit])


def proposals_of(shop_id: UUID, subject_id: UUID, limit: int = 50) -> list[ProposalView]:
    """All that was asked for of a rule, newest first."""
    found = Proposal.objects.filter(shop_id=shop_id, subject_id=subject_id).order_by("-id")
    return [_proposal(row) for row in found[:limit]]


def list_counts(shop_id: UUID, now: datetime) -> dict[tuple[str, str], int]:
    """How many are on each list now, by kind and name."""
    found = ListEntry.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), shop_id=shop_id,
                                     state=states.ACTIVE)  # fmt: skip
    return {(kind, name): count for kind, name, count in found.values_list("kind", "name").annotate(n=Count("id"))}


def entry(shop_id: UUID, entry_id: UUID) -> EntryView:
    """One of a list. Raises EntryNotFound."""
    row = ListEntry.objects.filter(shop_id=shop_id, id=entry_id).first()
    if row is None:
        raise EntryNotFound
    return _entry(row)


def entries_by_ids(shop_id: UUID, ids: Iterable[UUID]) -> list[EntryView]:
    """These, without those of other shops."""
    return [_entry(row) for row in ListEntry.objects.filter(shop_id=shop_id, id__in=list(ids)).order_by("-id")]


def entries_of_proposal(shop_id: UUID, proposal_id: UUID, limit: int = 20) -> list[EntryView]:
    """What a second person is asked to put on a list."""
    found = ListEntry.objects.filter(shop_id=shop_id, proposal_id=proposal_id).order_by("-id")
    return [_entry(row) for row in found[:limit]]


def entries_of_value(shop_id: UUID, type: str, value: str) -> list[EntryView]:
    """Every entry, also of the past, of what somebody typed; newest first. One look-up by its hashes.

    `type` empty: whatever the value may be.
    """
    kinds = [kind for kind in TYPES if type in ("", kind)]
    keys = [list_key(shop_id, kind, text) for kind in kinds if (text := normal(kind, value))]
    if not keys:
        return []
    found = ListEntry.objects.filter(shop_id=shop_id, key__in=keys, type__in=kinds).order_by("-id")
    return [_entry(row) for row in found[:100]]


def custom_lists(shop_id: UUID) -> list[CustomList]:
    """Lists that rules ask about, by name."""
    return list(CustomList.objects.filter(shop_id=shop_id).order_by("name"))


def entries(
    shop_id: UUID, kind: str, *, name: str = "", state: str = states.ACTIVE, before: UUID | None = None,
    limit: int = 100,
) -> list[EntryView]:  # fmt: skip
    """Entries of a list, newest first; `before` is the last id of the page before."""
    found = ListEntry.objects.filter(shop_id=shop_id, kind=kind, name=name, state=state).order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    return [_entry(row) for row in found[:limit]]


def entries_of_keys(shop_id: UUID, keys: Iterable[int], now: datetime) -> list[EntryView]:
    """What lists say of these keys now: for the page of a person, a device or an address."""
    found = ListEntry.objects.filter(shop_id=shop_id, key__in=list(keys), state=states.ACTIVE).order_by("-id")
    return [_entry(row) for row in found if row.expires_at is None or row.expires_at > now]


def _waiting(shop_id: UUID, subject_id: UUID | None = None) -> Mapping[UUID, UUID]:
    found = Proposal.objects.filter(shop_id=shop_id, kind=states.OF_RULE, state=states.OPEN)
    if subject_id is not None:
        found = found.filter(subject_id=subject_id)
    return dict(found.values_list("subject_id", "id"))


def _view(row: Rule, latest: RuleVersion, waiting: UUID | None) -> RuleView:
    return RuleView(
        row.id, row.code, row.state, row.percent, version_view(row.version) if row.version else None,
        version_view(latest), row.made_at, row.changed_at, waiting,
    )  # fmt: skip


def _proposal(row: Proposal) -> ProposalView:
    return ProposalView(
        row.id, row.kind, row.subject_id, row.wanted, row.state, row.asked_by, row.asked_at, row.reason,
        row.decided_by, row.decided_at, row.alone,
    )  # fmt: skip


def _entry(row: ListEntry) -> EntryView:
    return EntryView(
        row.id, cast("ListKind", row.kind), row.name, row.type, row.label, row.reason, row.owner, row.state,
        row.made_by, row.made_at, row.expires_at, row.removed_by, row.removed_at, row.value_blob is not None,
    )  # fmt: skip
