"""Amounts beyond the price, as a buyer sees them: what for, how much, and how to get them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales import states
from goodfor.aftersales.types import GrantView

KINDS: Final[dict[str, Any]] = {
    states.COMPENSATION: _("按承诺赔付"),
    states.GOODWILL_DELIVERY: _("发货晚了，按承诺补偿"),
    states.GOODWILL_ANSWER: _("答复晚了，按承诺补偿"),
    states.GOODWILL_DECISION: _("处理晚了，按承诺补偿"),
}
HAND: Final = "hand"


@dataclass(frozen=True, slots=True)
class ShownGrant:
    """An amount owed or paid."""

    grant: GrantView

    @property
    def kind(self) -> str:
        """What it is for."""
        return str(KINDS.get(self.grant.kind, self.grant.kind))

    @property
    def paid(self) -> bool:
        """It is with the buyer."""
        return self.grant.state == states.PAID

    @property
    def by_hand(self) -> bool:
        """The staff transfer it."""
        return self.grant.way == HAND

    @property
    def takeable(self) -> bool:
        """Waits for its buyer to sign in."""
        return not self.paid and not self.by_hand


def grants_of(shop_id: UUID, order_id: UUID) -> list[ShownGrant]:
    """All of an order, latest first."""
    found = aftersales.grants_of_order(shop_id, order_id)
    return [ShownGrant(grant) for grant in sorted(found, key=lambda grant: grant.made_at, reverse=True)]


def grants_of_claim(shop_id: UUID, order_id: UUID, claim_id: UUID) -> list[ShownGrant]:
    """Those that came of a claim."""
    return [shown for shown in grants_of(shop_id, order_id) if shown.grant.case_id == claim_id]


def any_to_take(grants: Sequence[ShownGrant]) -> bool:
    """Whether signing in would bring money."""
    return any(shown.takeable for shown in grants)
