"""Claims as a buyer sees them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.orders import queries as orders
from goodfor.orders.types import ClaimView, LineView, OrderView

#: In the order of what happens most; each is one tap.
REASONS: tuple[tuple[str, Any, Any], ...] = (
    ("invalid", _("提示码无效"), _("输入后说不存在或格式不对")),
    ("used", _("显示已被使用"), _("不是我用的")),
    ("expired", _("已经过期"), _("页面上写着还在有效期")),
    ("wrong", _("不是我买的商品"), _("面值或平台不对")),
    ("not_received", _("没有收到"), _("页面上看不到码")),
    ("changed_mind", _("不想要了"), _("码还没看过才可以")),
)
_LABELS = {code: label for code, label, _hint in REASONS}


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A claim with the line that it is about."""

    claim: ClaimView
    line: LineView

    @property
    def reason(self) -> str:
        """In words."""
        return str(_LABELS.get(self.claim.reason, self.claim.reason))


def claims_of(shop_id: UUID, order: OrderView) -> list[ShownClaim]:
    """The claims on an order, latest first."""
    lines = {line.line_id: line for line in order.lines}
    found = orders.claims_of_order(shop_id, order.id)
    return [ShownClaim(claim, lines[claim.line_id]) for claim in found if claim.line_id in lines]
