"""Amounts beyond the price, as a buyer sees them: what for, how much, and how to get them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales import states
from goodfor.aftersales.types import GrantView
from goodfor.identity.types import ShopView
from goodfor.storefront.account import current
from goodfor.storefront.ownership import owner_of

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


def take_context(request: HttpRequest, shop: ShopView, number: str, grants: Sequence[ShownGrant]) -> dict[str, bool]:
    """What the page says about getting them: is there any, is somebody signed in, has their account the order."""
    if not any(shown.takeable for shown in grants):
        return {"to_take": False}
    return {
        "to_take": True,
        "signed_in": current(request, shop) is not None,
        "may_take": owner_of(request, shop, number) is not None,
    }
