"""What rules, lists and reviews take in and give out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from goodfor.risk.types import Hit, KeyKind, Outcome, Scene

#: What a list does to who is on it. `block_hard` is never overridden; `custom` is only asked about by rules.
ListKind = Literal["block_hard", "block", "allow", "watch", "custom"]


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry that one of the act's keys is on. `name`: of a custom list, else empty."""

    id: UUID
    kind: ListKind
    type: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What lists and rules say of one act.

    `immutable_block` first, then `allow` (an entry that ends evaluation for everything but an immutable block), then
    `block`, then the live of `hits`: those that are `hard` before the model's score, the others after it. `lists` are
    the features `lists.<name>.<key>` that rules asked for: they belong into the stored snapshot. `silent`: codes of
    rules that could not be evaluated, since something that they need is not known.
    """

    version: int = 0
    immutable_block: Listed | None = None
    allow: Listed | None = None
    block: Listed | None = None
    watch: tuple[Listed, ...] = ()
    hits: tuple[Hit, ...] = ()
    lists: Mapping[str, bool] = field(default_factory=dict)
    silent: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """On an allow list, and not on the immutable one."""
        return self.allow is not None and self.immutable_block is None

    @property
    def live(self) -> tuple[Hit, ...]:
        """Hits that count."""
        return tuple(hit for hit in self.hits if hit.live)

    @property
    def shadow(self) -> tuple[Hit, ...]:
        """Hits that are only written down."""
        return tuple(hit for hit in self.hits if not hit.live)


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a rule says: all of it belongs to a version, so that a decision can name what decided it.

    `label`: the id of the threat in the BREAK taxonomy. `threat`: a key of `wording_rules.THREATS`. `hold_minutes` is
    for `hold`, `cost` (1 to 4) for `challenge`. `quarantine_days`: once it hits, the key of kind `quarantine_by` stays
    tripped for so long; 0: not at all.
    """

    name: str
    text: str
    scenes: tuple[Scene, ...]
    outcome: Outcome
    label: str
    threat: str
    words: str = ""
    hard: bool = False
    hold_minutes: int = 0
    cost: int = 0
    quarantine_days: int = 0
    quarantine_by: KeyKind | None = None


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of a rule. It never changes."""

    id: UUID
    number: int
    says: RuleText
    tree: Any
    made_by: str
    made_at: datetime
    approved_by: str
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule: `version` is the one in force (None: none was yet), `latest` the newest that was saved."""

    id: UUID
    code: str
    state: str
    percent: int
    version: VersionView | None
    latest: VersionView
    made_at: datetime
    changed_at: datetime
    waiting: UUID | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What became of something that may need a second person. `proposal_id` None: nobody was needed."""

    done: bool
    proposal_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ProposalView:
    """Something that one person asks for and another one approves or refuses."""

    id: UUID
    kind: str
    subject_id: UUID
    wanted: Mapping[str, Any]
    state: str
    asked_by: str
    asked_at: datetime
    reason: str
    decided_by: str
    decided_at: datetime | None
    alone: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry to be made: the plain value is hashed, masked, and kept sealed only where `keep_value` says so."""

    type: str
    value: str
    reason: str
    owner: str = ""
    expires_at: datetime | None = None
    keep_value: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """An entry that was made: `done` False while it waits for a second person."""

    entry_id: UUID
    done: bool
    proposal_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry as people see it; `label` is masked where the value is personal."""

    id: UUID
    kind: ListKind
    list_name: str
    type: str
    label: str
    reason: str
    owner: str
    state: str
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    removed_by: str
    removed_at: datetime | None
    has_value: bool


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import does, or would do. `bad`: (line, what is wrong) of the first hundred."""

    lines: int
    added: int
    known: int
    bad_lines: int
    bad: tuple[tuple[int, str], ...]
    proposal_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A decision that a person looks at."""

    id: UUID
    decision_id: UUID
    scene: Scene
    state: str
    opened_at: datetime
    due_at: datetime
    amount_minor: int
    currency: str
    subject: tuple[str, UUID] | None
    taken_by: str
    lease_until: datetime | None
    outcome: str
    note: str
    done_by: str
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class LabelView:
    """What became known of a decision or a subject, and when."""

    id: UUID
    decision_id: UUID | None
    subject: tuple[str, UUID] | None
    bad: bool
    source: str
    known_at: datetime
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """Figures of a week (`week`: its Monday, UTC). Amounts in minor units of the shop's currency.

    `caught`: fitted and labelled bad. `annoyed`: fitted and labelled good, or not labelled though old enough to be.
    `young`: fitted, not labelled, and not old enough.
    """

    week: datetime
    decisions: int = 0
    not_evaluable: int = 0
    fitted: int = 0
    caught: int = 0
    annoyed: int = 0
    young: int = 0
    caught_minor: int = 0
    annoyed_minor: int = 0
    bad: int = 0

    @property
    def precision(self) -> float | None:
        """Of what fitted and is known, how much was bad."""
        known = self.caught + self.annoyed
        return self.caught / known if known else None


@dataclass(frozen=True, slots=True)
class Report:
    """A rule tried on stored decisions: the weeks and their sum. `done`: 0 to 1, of the decisions to be read."""

    weeks: tuple[Week, ...]
    total: Week
    done: float
    seconds: float


#: What is known of an example: labelled bad; good, or old enough without a label; nobody knows yet.
CAUGHT: Final = "caught"
ANNOYED: Final = "annoyed"
YOUNG: Final = "young"


@dataclass(frozen=True, slots=True)
class Example:
    """A stored decision that a tried rule fits. `sort`: one of the three above; `outcome`: what was decided then."""

    decision_id: UUID
    at: datetime
    scene: Scene
    outcome: Outcome
    sort: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class BacktestView:
    """A backtest as far as it is. `done`: 0 to 1. `latest`: number of the rule's newest version when it was begun."""

    id: UUID
    rule_id: UUID | None
    code: str
    latest: int
    says: RuleText
    digest: str
    since: datetime
    until: datetime
    state: str
    done: float
    weeks: tuple[Week, ...]
    total: Week
    examples: tuple[Example, ...]
    problem: str
    made_by: str
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Saved:
    """A tried rule that was saved. `change` None: as a draft, which nobody feels."""

    rule_id: UUID
    version: int
    change: Change | None


@dataclass(frozen=True, slots=True)
class PolicyView:
    """How long people have in a scene, and what happens after. `own`: the shop said so; else all begin so."""

    scene: Scene
    minutes: int
    overdue: str
    own: bool


@dataclass(frozen=True, slots=True)
class SampleCheck:
    """SQL against live evaluation on a sample: they are equal when `different` is empty."""

    compared: int
    different: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A rule in the shadow beside what was decided in fact, since `since`.

    `caught_more`: labelled bad, and was let through though this rule fitted. `annoyed_more`: the same of good ones.
    `agreed`: fitted, and something else had stopped it too.
    """

    rule_id: UUID
    since: datetime
    fitted: int
    agreed: int
    caught_more: int
    annoyed_more: int
    caught_more_minor: int
    annoyed_more_minor: int
    live_caught: int
    live_annoyed: int


#: How long after a decision without any label it counts as good: chargebacks come within months.
MATURE_AFTER = timedelta(days=60)
