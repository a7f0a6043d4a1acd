"""What the staff read about an order whose delivery waits. Reasons are codes, whose words others bring along."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kit.writing import clock_time
from goodfor.orders import queries as orders
from goodfor.orders.types import DeskOrder, HoldView

#: The name that moves of holds carry in a history.
MACHINE: Final = "orders.hold"
#: State -> (word, tone).
_STATES: Final = {
    "held": (gettext_lazy("暂停发货，核验中"), "amber"),
    "released": (gettext_lazy("已放行"), "green"),
    "refused": (gettext_lazy("核验不通过，不发货"), "red"),
    "lapsed": (gettext_lazy("款项已退，核验结束"), ""),
}
#: Who or what ended it, by its stable word.
_CAUSES: Final = {
    "until": gettext_lazy("到时自动处理"), "staff": gettext_lazy("员工处理"), "group": gettext_lazy("已成团"),
    "group_failed": gettext_lazy("没有成团"), "group_over": gettext_lazy("付款时团已结束"),
}  # fmt: skip
_words: list[Callable[[str], str | None]] = []


@dataclass(frozen=True, slots=True)
class HoldCard:
    """A hold in words. `then`: what happens by itself, and when; `cause`: how it ended; `may_end`: this visitor may."""

    view: HoldView
    live: bool
    label: str
    tone: str
    reasons: tuple[str, ...]
    then: str
    cause: str
    may_end: bool


def words_from(source: Callable[[str], str | None]) -> None:
    """Wiring: who gives codes of reasons gives their words, in the reader's language; None: not one of theirs."""
    _words.append(source)


def reason(code: str) -> str:
    """In words; a code that nobody has words for is shown as it is."""
    return next((found for source in _words if (found := source(code))), code)


def move(state: str) -> tuple[str, str]:
    """(label, tone) of a step in an order's past."""
    label, tone = _STATES.get(state, (state, ""))
    return str(label), tone


def card(visitor: Visitor, order: DeskOrder) -> HoldCard | None:
    """What an order's page shows; None: it was never held."""
    found = orders.hold_of_order(visitor.shop.id, order.id)
    if found is None:
        return None
    # Money may still come for a closed order, but there is nothing to decide while it does not.
    live = found.live and order.state in ("placed", "paid")
    label, tone = move(found.state)
    if found.for_group and found.only_group:
        # Nothing is looked into, and there is nothing to decide: the group decides.
        return HoldCard(found, live, _("等待成团"), tone, (), _group(found), "", may_end=False)
    return HoldCard(
        found, live, label, tone, tuple(reason(code) for code in found.reasons), _then(found),
        str(_CAUSES.get(found.cause, found.cause)), visitor.may(Permission.ORDERS_REFUND),
    )  # fmt: skip


def _group(hold: HoldView) -> str:
    if hold.until is None:
        return _("付款后入团，成团即发货")
    return _("成团即发货；%(at)s 前没成团，自动退款") % {"at": clock_time(hold.until)}


def _then(hold: HoldView) -> str:
    releases = hold.then == "release"
    if hold.until is not None:
        at = {"at": clock_time(hold.until)}
        return _("%(at)s 自动放行发货") % at if releases else _("%(at)s 自动拒绝并退款") % at
    minutes = {"n": max(1, round(hold.for_.total_seconds() / 60))}
    if releases:
        return _("付款 %(n)s 分钟后自动放行发货") % minutes
    return _("付款 %(n)s 分钟后自动拒绝并退款") % minutes
