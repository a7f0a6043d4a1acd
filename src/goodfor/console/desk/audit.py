"""The audit trail as a list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodfor.console import audit_words
from goodfor.console.columns import Text
from goodfor.console.listing.cells import labelled
from goodfor.console.listing.spec import ALL_TAB, Asked, Column, Filter, Listing, Tab
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.audit_check import last_check
from goodfor.kernel.audit_desk import AuditLine, AuditSearch, search_audit, walk_audit
from goodfor.kernel.clock import utc_now
from goodfor.kit.writing import full_time

#: The trail has no index of actors and actions: they are looked for within this time unless another range is given.
SPAN: Final = timedelta(days=31)
POSTED: Final = "console.posted"
TABS: Final = (Tab("acts", _("操作")), Tab(ALL_TAB, _("全部，含页面提交")))


@dataclass(frozen=True, slots=True)
class Line:
    """A line with the name of who did it."""

    line: AuditLine
    who: str

    @property
    def origin(self) -> str:
        """The address that it came from, where that is known."""
        return str(self.line.data.get("from", ""))


def search_of(asked: Asked) -> AuditSearch:
    """What the address asks of the trail."""
    given = asked.values
    since = given.get("at_from")
    narrow = {"actor", "action", "prefix"} & given.keys() and "subject" not in given
    if since is None and narrow:
        since = (given.get("at_until") or utc_now()) - SPAN
    return AuditSearch(
        actor=given.get("actor"),
        action=given.get("action") or given.get("prefix"),
        subject_id=given.get("subject"),
        since=since,
        until=given.get("at_until"),
        hide=None if asked.tab == ALL_TAB else POSTED,
    )


def _names(shop_id: UUID) -> dict[str, str]:
    people = {one.actor: one.username for one in identity.staff_of_shop(shop_id)}
    return people | {f"client:{one.id}": one.name for one in identity.clients_of_shop(shop_id)}


def _named(shop_id: UUID, lines: Sequence[AuditLine]) -> list[Line]:
    names = _names(shop_id) if lines else {}
    return [Line(line, names.get(line.actor, line.actor)) for line in lines]


class _Trail:
    """The trail as the kit asks for it."""

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[Line]:
        return _named(asked.shop_id, search_audit(asked.shop_id, search_of(asked), offset=offset, limit=limit))

    def counts(self, asked: Asked) -> Mapping[str, int] | None:  # noqa: ARG002
        return None

    def walk(self, asked: Asked) -> Iterator[Sequence[Line]]:
        for page in walk_audit(asked.shop_id, search_of(asked)):
            yield _named(asked.shop_id, page)

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:  # noqa: ARG002
        return ()

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[Line]:  # noqa: ARG002
        return ()


def actor_choices(visitor: Visitor) -> list[tuple[str, Text]]:
    """Everybody who could have done something here."""
    return list(_names(visitor.shop.id).items())


def action_groups(_visitor: Visitor) -> list[tuple[Text, list[tuple[str, Text]]]]:
    """Actions in words, by area."""
    return list(audit_words.choices())


def details(row: Line) -> list[tuple[Text, Any]]:
    """Old and new side by side where a line has both, else what it holds."""
    data = dict(row.line.data)
    data.pop("from", None)
    before, after = data.pop("before", None), data.pop("after", None)
    pairs: list[tuple[Text, Any]] = []
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            pairs.append((key, format_html("{} → {}", _value(before.get(key)), _value(after.get(key)))))
    pairs += [(key, _value(value)) for key, value in data.items()]
    return [*pairs, (_("操作者编号"), row.line.actor), (_("记录编号"), row.line.id)]


def _value(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _now("是") if value else _now("否")
    if isinstance(value, list):
        return _now("、").join(map(str, value)) or "–"
    return str(value)


def chain_note() -> str:
    """How far the trail was verified, asked when the page is drawn."""
    check = last_check()
    if check is None:
        return _now("还没有核对过是否完整，可在「核对记录」里核对")
    if check.fault:
        return _now("核对发现记录不完整，请看「核对记录」")
    if check.finished_at is None or check.checked_until is None:
        return _now("正在核对")
    at = full_time(check.checked_until)
    return _now("已核对到 %(at)s，共 %(n)s 条，完整无误") % {"at": at, "n": f"{check.target:,}"}


AUDIT: Final = Listing(
    key="audit",
    page="desk:audit",
    title=_("操作记录"),
    permission=Permission.AUDIT_VIEW,
    note=lazy(chain_note, str)(),
    source=_Trail(),
    row_id=lambda row: UUID(int=row.line.id),
    row_name=lambda row: audit_words.action(row.line.action),
    tabs=TABS,
    columns=(
        Column("at", _("时间"), lambda row: row.line.at, "time", first=True),
        Column("who", _("操作者"), lambda row: row.who),
        Column("action", _("动作"), lambda row: audit_words.action(row.line.action),
               show=lambda row: labelled(audit_words.action(row.line.action), row.line.action)),
        Column("action_key", pgettext_lazy("audit", "动作键"), lambda row: row.line.action, file_only=True),
        Column("subject_type", _("对象类型"), lambda row: audit_words.subject(row.line.subject_type),
               show=lambda row: labelled(audit_words.subject(row.line.subject_type), row.line.subject_type)),
        Column("subject_key", pgettext_lazy("audit", "对象类型键"), lambda row: row.line.subject_type, file_only=True),
        Column("subject", _("对象"), lambda row: row.line.subject_id, "code"),
        Column("origin", _("来自"), lambda row: row.origin, "code"),
        Column("data", _("内容"), lambda row: "; ".join(f"{k}={_value(v)}" for k, v in row.line.data.items()),
               default=False),
    ),
    filters=(
        Filter("at", _("时间"), "days"),
        Filter("actor", _("操作者"), "choice", actor_choices, hint=_("不选时间时查最近 31 天")),
        Filter("action", _("动作"), "choice", groups=action_groups, hint=_("不选时间时查最近 31 天")),
        Filter("subject", _("对象编号"), folded=True),
        Filter("prefix", _("动作开头"), folded=True, hint="payments.account"),
    ),
    detail=details,
    export_permission=Permission.AUDIT_VIEW,
)  # fmt: skip
