"""Reads of codes that their buyer gives to somebody else."""

from collections.abc import Collection
from uuid import UUID

from goodfor.delivery import queries as delivery
from goodfor.delivery.types import MaskedCode
from goodfor.orders import claim_states
from goodfor.orders import given_states as states
from goodfor.orders.claim_models import ClaimUnit
from goodfor.orders.claims import remedied_codes
from goodfor.orders.given_models import Given
from goodfor.orders.given_types import GivenCode


def given_away(shop_id: UUID, line_ids: Collection[UUID]) -> dict[UUID, GivenCode]:
    """Codes of these lines of one order that are out of their buyer's hands: held for a gift, or with who opened it."""
    rows = _live(shop_id, line_ids)
    return {row.code_id: GivenCode(row.code_id, row.line_id, row.gift_id, row.state == states.PASSED) for row in rows}


def _live(shop_id: UUID, line_ids: Collection[UUID]) -> list[Given]:
    rows = Given.objects.filter(shop_id=shop_id, line_id__in=list(line_ids), state__in=sorted(states.LIVE))
    return list(rows.order_by("id"))


def codes_of_gift(shop_id: UUID, gift_id: UUID) -> list[GivenCode]:
    """What a gift holds or was opened with; replaced codes by those in their place."""
    rows = Given.objects.filter(shop_id=shop_id, gift_id=gift_id, state__in=sorted(states.LIVE)).order_by("id")
    return [GivenCode(row.code_id, row.line_id, row.gift_id, row.state == states.PASSED) for row in rows]


def all_codes_of_gift(shop_id: UUID, gift_id: UUID) -> list[GivenCode]:
    """What was ever in a gift that was opened: those that were refunded or replaced, too."""
    rows = Given.objects.filter(shop_id=shop_id, gift_id=gift_id).exclude(taker="").order_by("id")
    return [GivenCode(row.code_id, row.line_id, row.gift_id, row.state == states.PASSED) for row in rows]


def masked_codes_of_gift(shop_id: UUID, gift_id: UUID) -> list[MaskedCode]:
    """The codes of a gift that was opened, for who opened it; without those that had their remedy."""
    mine = {one.code_id: one.line_id for one in codes_of_gift(shop_id, gift_id) if one.passed}
    lines = list(dict.fromkeys(mine.values()))
    over = remedied_codes(shop_id, lines)
    held = [one for one in delivery.masked_codes(shop_id, lines) if one.code_id in mine and one.code_id not in over]
    return [
        MaskedCode(one.code_id, one.line_id, place, one.expires_at, one.revealed_at)
        for place, one in enumerate(held, start=1)
    ]


def can_be_given(shop_id: UUID, line_ids: Collection[UUID]) -> list[MaskedCode]:
    """Codes of a delivered order's lines that nobody has seen, claimed or given yet, in order."""
    lines = list(line_ids)
    units = ClaimUnit.objects.filter(shop_id=shop_id, line_id__in=lines, state=claim_states.UNIT_LIVE)
    out = {*given_away(shop_id, lines), *remedied_codes(shop_id, lines), *units.values_list("code_id", flat=True)}
    held = delivery.masked_codes(shop_id, lines)
    return [one for one in held if one.revealed_at is None and one.code_id not in out]
