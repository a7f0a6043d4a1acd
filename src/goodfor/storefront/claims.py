"""Claims as a buyer sees them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales import states as case_states
from goodfor.aftersales.types import CaseView
from goodfor.delivery.types import MaskedCode
from goodfor.orders import claim_states
from goodfor.orders import queries as orders
from goodfor.orders.types import DIRECT, ClaimView, LineView, OrderView

#: In the order of what happens most; each is one tap.
REASONS: Final[tuple[tuple[str, Any, Any], ...]] = (
    ("invalid", _("提示码无效"), _("输入后说不存在或格式不对")),
    ("used", _("显示已被使用"), _("不是我用的")),
    ("expired", _("已经过期"), _("页面上写着还在有效期")),
    ("wrong", _("不是我买的商品"), _("面值或平台不对")),
    ("not_received", _("没有收到"), _("页面上看不到码")),
    ("changed_mind", _("不想要了"), _("没看过的立即退；看过的要先核实没有用过")),
)
TOP_UP_REASONS: Final[tuple[tuple[str, Any, Any], ...]] = (
    ("top_up_missing", _("充值没到账"), _("充值的账号里没有看到")),
)
_LABELS: Final = {code: label for code, label, _hint in (*REASONS, *TOP_UP_REASONS)}
CHANGED_MIND: Final = "changed_mind"
DELIVERED: Final = "delivered"

#: What came of a claim, and while it is open how far its case is: words and tone of the seal.
_ENDS: Final[dict[str, tuple[Any, str]]] = {
    claim_states.REFUNDED: (_("已退款"), "green"),
    claim_states.REPLACED: (_("已换新码"), "green"),
    claim_states.REPLACING: (_("正在换新码"), "amber"),
    claim_states.REJECTED: (_("未通过"), "plain"),
    claim_states.WITHDRAWN: (_("已撤回"), "plain"),
}
_STAGES: Final[dict[str, tuple[Any, str]]] = {
    case_states.CHECKING: (_("正在核实"), "amber"),
    case_states.ASKING: (_("等你补充"), "amber"),
    case_states.PERSON: (_("人工处理中"), "amber"),
    case_states.CARRYING: (_("正在办理"), "amber"),
}


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A claim with the line that it is about and, where it is looked into by the promise's room, its case."""

    claim: ClaimView
    line: LineView
    case: CaseView | None = None

    @property
    def reason(self) -> str:
        """In words."""
        return str(_LABELS.get(self.claim.reason, self.claim.reason))

    @property
    def live(self) -> bool:
        """Something may still come of it."""
        return self.claim.state in claim_states.LIVE

    @property
    def asked(self) -> bool:
        """The buyer was asked for something."""
        return self.case is not None and self.case.state == case_states.ASKING

    @property
    def until(self) -> datetime | None:
        """The promised time that runs now; None: no clock runs."""
        if not self.live or (self.case and self.case.paused_at):
            return None
        if self.case is None:
            return self.claim.answer_by
        return self.case.answer_by if self.answering else self.case.decide_by

    @property
    def answering(self) -> bool:
        """Whether that is the time of the answer, or else of the decision."""
        return self.case is None or (self.case.answered_at is None and self.case.answer_by is not None)

    @property
    def stage(self) -> str:
        """What our own script compares to see that it moved on."""
        return f"{self.claim.state}.{self.case.state}" if self.case else self.claim.state

    @property
    def label(self) -> str:
        """Where it stands, in two to five characters."""
        return str(self._seal[0])

    @property
    def tone(self) -> str:
        """Of the seal."""
        return self._seal[1]

    @property
    def _seal(self) -> tuple[Any, str]:
        if self.claim.state in _ENDS:
            return _ENDS[self.claim.state]
        return _STAGES.get(self.case.state if self.case else "", (_("处理中"), "amber"))


def claims_of(shop_id: UUID, order: OrderView) -> list[ShownClaim]:
    """The claims on an order, latest first."""
    lines = {line.line_id: line for line in order.lines}
    found = [claim for claim in orders.claims_of_order(shop_id, order.id) if claim.line_id in lines]
    cases = {case.id: case for case in aftersales.cases_of_order(shop_id, order.id)} if found else {}
    return [ShownClaim(claim, lines[claim.line_id], cases.get(claim.id)) for claim in found]


def claim_of(shop_id: UUID, order: OrderView, claim_id: UUID) -> ShownClaim | None:
    """One claim on an order; None for one of another order."""
    return next((shown for shown in claims_of(shop_id, order) if shown.claim.id == claim_id), None)


def reasons_of(line: LineView, *, change_of_mind: bool) -> Sequence[tuple[str, Any, Any]]:
    """What can be said of a line: (code, label, hint)."""
    if line.kind == DIRECT:
        return TOP_UP_REASONS
    return [reason for reason in REASONS if change_of_mind or reason[0] != CHANGED_MIND]


def free_codes(codes: Iterable[MaskedCode], claims: Iterable[ShownClaim]) -> list[MaskedCode]:
    """The codes of a line about which no claim is open."""
    taken = {code_id for shown in claims if shown.live for code_id in shown.claim.code_ids}
    return [code for code in codes if code.code_id not in taken]


@dataclass(frozen=True, slots=True)
class ShownRecall:
    """Codes of a line that come from a bad batch, for which a remedy is offered."""

    line: LineView
    code_ids: tuple[UUID, ...]


def recalls_of(shop_id: UUID, order: OrderView) -> list[ShownRecall]:
    """What a recall offers for an order that is delivered."""
    if order.state != DELIVERED:
        return []
    offered = aftersales.offers(shop_id, [order.id])
    return [ShownRecall(line, offered[line.line_id]) for line in order.lines if line.line_id in offered]
