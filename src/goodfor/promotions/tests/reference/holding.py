"""What must hold of every price, whoever made it. Nothing here is reckoned as an evaluator would."""

from collections.abc import Iterator
from uuid import UUID

from goodfor.promotions.cart_types import APPLIED, CUT, REASONS, Live, Priced, Share
from goodfor.promotions.spec_types import ACTIVITY, EXCLUSIVE, JOINT, PRICE, BundlePrice
from goodfor.promotions.tests.reference.cases import Case


def broken(case: Case, priced: Priced) -> list[str]:
    """In words; empty where all holds."""
    return [*_lines(case, priced), *_limits(case, priced), *_neighbours(case, priced), *_gifts(case, priced),
            *_trace(case, priced)]  # fmt: skip


def _lives(case: Case) -> dict[UUID, Live]:
    return {live.revision_id: live for live in case.plan}


def _lines(case: Case, priced: Priced) -> Iterator[str]:
    lives = _lives(case)
    before = sum(line.quantity * line.price for line in case.cart.lines)
    if before - priced.total != sum(share.minor for share in priced.shares):
        yield "the sum of the shares is not the order's discount"
    for i, line in enumerate(case.cart.lines):
        mine = [share for share in priced.shares if share.line == i]
        listed = line.quantity * line.price
        if priced.nets[i] != listed - sum(share.minor for share in mine):
            yield f"line {i}: net and shares"
        if priced.nets[i] < line.quantity:
            yield f"line {i}: less than a fen a piece"
        if any(share.minor < 1 or not 0 <= share.loss <= share.minor for share in mine):
            yield f"line {i}: a share of nothing, or a loss beyond it"
        if any(share.loss and not lives[share.revision_id].spec.loss_leader for share in mine):
            yield f"line {i}: a loss by who is no loss leader"
        if line.cost is None:
            if any(not lives[share.revision_id].spec.loss_leader for share in mine):
                yield f"line {i}: cost unknown, and reduced"
        elif mine:
            floors = [lives[share.revision_id].spec.floor for share in mine]
            keeps = line.quantity * (line.cost + min(case.floor if one is None else one for one in floors))
            if priced.nets[i] < min(listed, keeps) - sum(share.loss for share in mine):
                yield f"line {i}: below every floor by more than its loss"


def _limits(case: Case, priced: Priced) -> Iterator[str]:
    for live in case.plan:
        shares = [share for share in priced.shares if share.revision_id == live.revision_id]
        gifts = [gift for gift in priced.gifts if gift.revision_id == live.revision_id]
        minor = sum(share.minor for share in shares) + sum(gift.pieces * gift.price for gift in gifts)
        loss = sum(share.loss for share in shares)
        loss += sum(gift.pieces * case.gifts[gift.sku_id].cost for gift in gifts)
        uses = len({share.coupon_id for share in shares}) + len(gifts)
        for limit, taken, word in ((live.left.minor, minor, "minor"), (live.left.loss, loss, "loss"),
                                   (live.left.uses, uses, "uses")):  # fmt: skip
            if limit is not None and taken > limit:
                yield f"{live.name}: {word} {taken} of {limit}"
        if uses > max(1, live.spec.per_order):
            yield f"{live.name}: more often an order than it may"
        units: dict[UUID, int] = {}
        for share in shares:
            sku = case.cart.lines[share.line].sku_id
            units[sku] = units.get(sku, 0) + share.units
        for sku, taken in units.items():
            most = live.left.units.get(sku, live.left.units_each)
            if most is not None and taken > most:
                yield f"{live.name}: units {taken} of {most}"


def _neighbours(case: Case, priced: Priced) -> Iterator[str]:
    lives = _lives(case)
    for i, line in enumerate(case.cart.lines):
        touching = [share.revision_id for share in priced.shares if share.line == i]
        touching += [gift.revision_id for gift in priced.gifts if i in gift.earned_by]
        asking = [
            lives[one].spec for one in touching
            if lives[one].spec.stacking != JOINT and not isinstance(lives[one].spec.effect, BundlePrice)
        ]  # fmt: skip
        if any(spec.stacking == EXCLUSIVE for spec in asking) and len(asking) > 1:
            yield f"line {i}: an exclusive one is not alone"
        for category in {spec.category for spec in asking if spec.category}:
            same = {one for one in touching if lives[one].spec.category == category and lives[one].spec in asking}
            if len(same) > 1:
                yield f"line {i}: two of category {category}"
        prices = [spec for spec in (lives[one].spec for one in touching) if spec.layer in (ACTIVITY, PRICE)]
        if len(prices) > 1 or (line.bundle is not None and any(not _is_bundle(spec.effect) for spec in prices)):
            yield f"line {i}: two activity prices"


def _is_bundle(effect: object) -> bool:
    return isinstance(effect, BundlePrice)


def _gifts(case: Case, priced: Priced) -> Iterator[str]:
    given: dict[UUID, int] = {}
    for gift in priced.gifts:
        given[gift.sku_id] = given.get(gift.sku_id, 0) + gift.pieces
        if gift.pieces < 1 or not gift.earned_by or gift.price != case.gifts[gift.sku_id].price:
            yield "a gift of nothing, for nothing, or at another price"
    for sku, pieces in given.items():
        if pieces > case.gifts[sku].pieces:
            yield f"gifts beyond stock: {pieces}"


def _trace(case: Case, priced: Priced) -> Iterator[str]:
    told = {(traced.revision_id, traced.coupon_id): traced for traced in priced.trace}
    if len(told) != len(priced.trace):
        yield "traced twice"
    given: dict[tuple[UUID, UUID | None], int] = {}
    for share in priced.shares:
        given[_by(share)] = given.get(_by(share), 0) + share.minor
    for gift in priced.gifts:
        given[gift.revision_id, None] = gift.pieces * gift.price
    for key, traced in told.items():
        if traced.given != given.pop(key, 0):
            yield f"{traced.outcome}: traced otherwise than given"
        right = APPLIED if traced.given == traced.wanted else CUT
        if traced.outcome not in ((right,) if traced.given else REASONS):
            yield f"{traced.outcome}: of {traced.wanted} {traced.given}"
    if given:
        yield "given and not traced"


def _by(share: Share) -> tuple[UUID, UUID | None]:
    return share.revision_id, share.coupon_id
