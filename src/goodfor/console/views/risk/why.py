"""Why a decision is what it is, in words: rules with the values that made them true, features in groups."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.console import risk_links as links
from goodfor.console import risk_words as words
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.risk import facts, velocities, watch_queries
from goodfor.risk.catalogue import BASE, CATALOGUE
from goodfor.risk.doors.stuffing import FEATURES as DOORS
from goodfor.risk.enrichment.features import FEATURES as ENRICHED
from goodfor.risk.errors import BadExpression
from goodfor.risk.features import Feature
from goodfor.risk.language import Part, from_tree
from goodfor.risk.list_keys import TYPES
from goodfor.risk.read_types import DecisionView
from goodfor.risk.rule_types import VersionView
from goodfor.risk.types import Hit, KeyKind, Value
from goodfor.risk.wording_rules import LISTS, shown

#: For whom a rule can be put to sleep from here.
SNOOZED: Final = (KeyKind.BUYER, KeyKind.DEVICE)
#: So many features that spoke most against an act.
STRONGEST: Final = 3
_LISTS: Final = "lists."


@dataclass(frozen=True, slots=True)
class HitWords:
    """A rule that fitted. `parts`: what it asks and what it found; `sleep`: pages that put it to sleep for a key."""

    name: str
    href: str
    outcome: str
    tone: str
    version: int
    why: str
    words: str
    parts: tuple["PartWords", ...]
    sleep: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PartWords:
    """One condition. `depth` counts from 0; `said`: yes, no, or not known; `values`: what it read."""

    depth: int
    text: str
    said: str
    tone: str
    decided: bool
    values: str

    @property
    def indent(self) -> str:
        """What stands before it, so that parts stand below their whole."""
        return "\u00a0" * 3 * self.depth


@dataclass(frozen=True, slots=True)
class Group:
    """Features that belong together: (words, value); `unknown`: those that nobody knew."""

    title: str
    known: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.known) + len(self.unknown)


def hits_of(visitor: Visitor, found: DecisionView) -> tuple[list[HitWords], list[HitWords]]:
    """Rules that counted, and those that did not."""
    versions = watch_queries.versions_of(visitor.shop.id, {(hit.rule_id, hit.version) for hit in found.hits})
    told = [(hit, _hit(visitor, hit, versions.get((hit.rule_id, hit.version)), found)) for hit in found.hits]
    return [one for hit, one in told if hit.live], [one for hit, one in told if not hit.live]


def _hit(visitor: Visitor, hit: Hit, version: VersionView | None, found: DecisionView) -> HitWords:
    label, tone = words.OUTCOMES[hit.outcome]
    return HitWords(
        shown(version.says.name) if version else str(words.reason_words(hit.code)),
        links.page_of("desk:risk-rule", hit.rule_id), str(label), tone, hit.version, str(words.HIT_WHY[hit.why]),
        shown(version.says.words) if version else "", _parts(version, found.features),
        _sleep(visitor, hit.rule_id, found.keys) if hit.live else (),
    )  # fmt: skip


def _sleep(visitor: Visitor, rule_id: UUID, keys: Mapping[KeyKind, int]) -> tuple[tuple[str, str], ...]:
    """Where a rule is put to sleep for somebody."""
    if not visitor.may(Permission.RISK_SET):
        return ()
    found = []
    for kind in SNOOZED:
        where = links.page_of("desk:risk-rule", rule_id, kind=kind, key=keys[kind]) if kind in keys else ""
        if where:
            found.append((_("对此%(what)s暂停") % {"what": words.KINDS[kind]}, where))
    return tuple(found)


def _parts(version: VersionView | None, snapshot: Mapping[str, Value]) -> tuple[PartWords, ...]:
    """What a rule asks, and what it found; nothing where it asks for what is no more."""
    if version is None:
        return ()
    try:
        made = from_tree(version.tree, CATALOGUE, keys=TYPES)
    except BadExpression:
        return ()
    return tuple(_part(part) for part in made.explain(snapshot))


def _part(part: Part) -> PartWords:
    said, tone = {True: (_("是"), "green"), False: (_("否"), "plain"), None: (_("不知道"), "amber")}[part.value]
    read = " · ".join(
        _("%(what)s：%(value)s") % {"what": words.feature_words(name), "value": value_words(value)}
        for name, value in part.values
    )
    return PartWords(part.depth, part.words, said, tone, part.decided, read)


def value_words(value: Value) -> str:
    """A value of a feature as people say it."""
    if value is None:
        return _("不知道")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return value


def strongest(found: DecisionView) -> list[tuple[str, str, str]]:
    """The features that spoke most against it: (words, value, what it added to the log-odds)."""
    told = []
    for one in found.why[:STRONGEST]:
        name, value, adds = str(one.get("name", "")), one.get("value"), one.get("adds")
        if name:
            added = f"{adds:+.2f}" if isinstance(adds, int | float) else "–"
            told.append((_words(name), value_words(value), added))
    return told


def groups_of(snapshot: Mapping[str, Value]) -> list[Group]:
    """All features, in groups; groups of which nothing is known come last."""
    groups = [_group(title, (feature.name for feature in features), snapshot) for title, features in _grouped()]
    lists = [name for name in snapshot if name.startswith(_LISTS)]
    if lists:
        groups.append(_group(_("名单"), lists, snapshot))
    return sorted(groups, key=lambda group: not group.known)


def _grouped() -> Iterable[tuple[str, Sequence[Feature]]]:
    yield _("这次操作"), (*BASE, *facts.SALE)
    yield _("付款情况"), facts.PAYMENT
    yield _("卡密与售后"), facts.CODES
    yield _("优惠与推荐"), facts.PROMOTION
    yield _("来源与设备"), tuple(ENRICHED)
    yield _("入口"), tuple(DOORS)
    for kind in KeyKind:
        own = tuple(feature for feature in velocities.FEATURES if feature.kind is kind)
        if own:
            yield _("按%(what)s统计") % {"what": words.KINDS[kind]}, own
    yield _("员工"), facts.STAFF
    rest = tuple(feature for feature in velocities.FEATURES if feature.kind is None)
    if rest:
        yield _("其他统计"), rest


def _group(title: str, names: Iterable[str], snapshot: Mapping[str, Value]) -> Group:
    asked = list(names)
    return Group(
        title,
        tuple((str(words.feature_words(name)), value_words(snapshot[name])) for name in asked if name in snapshot),
        tuple(_words(name) for name in asked if name not in snapshot),
    )


def _words(name: str) -> str:
    return str(words.feature_words(name))


def missing_of(visitor: Visitor, found: DecisionView) -> list[tuple[str, str]]:
    """What could not be asked: (what, all of it in words)."""
    names = watch_queries.rule_names(visitor.shop.id) if found.silent else {}
    told = (
        (_("没有应答"), [_part_words(part) for part in found.line.failed]),
        (_("没有安装或没有启用"), [_part_words(part) for part in found.absent]),
        (_("缺数据没能判断的规则"), [str(words.reason_words(code, names)) for code in found.silent]),
    )
    return [(what, " · ".join(each)) for what, each in told if each]


def _part_words(part: str) -> str:
    """A part of a part is named by it."""
    return str(words.PARTS.get(part.partition(".")[0], part))


def lists_of(entries: Iterable[Any]) -> list[tuple[str, Any]]:
    """Entries of lists with what their list is called."""
    return [(entry.list_name or str(LISTS.get(entry.kind, entry.kind)), entry) for entry in entries]
