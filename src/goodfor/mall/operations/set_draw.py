"""A draw is made, changed as long as it is a draft, opened or stopped."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.catalog import queries as catalog
from goodfor.identity import queries as identity
from goodfor.kernel import audit
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import uuid7
from goodfor.mall import states
from goodfor.mall.drawing import TOP_CURRENCY, TOP_MINOR, draw, worth
from goodfor.mall.errors import DrawKept, InvalidDraw
from goodfor.mall.locks import lock_draw
from goodfor.mall.models import MOST_UNITS, Draw, Prize
from goodfor.mall.operations.steps import born, move, must_be_able
from goodfor.mall.types import DrawView, DrawWish, PrizeWish
from goodfor.orders import queries as orders
from goodfor.orders.types import CODE

MOST_PRIZES = 20
MOST_WEIGHT = 10**6
MOST_A_DAY = 100
MOST_PIECES = 10**6
MOST_RANK = 11


@transaction.atomic(savepoint=False)
def make_draw(*, shop_id: UUID, wish: DrawWish, actor: str, now: datetime) -> DrawView:
    """A new one, a draft. Raises InvalidDraw(field; of a prize `prizes.2.weight`), Forbidden."""
    must_be_able(shop_id, actor)
    _check(shop_id, wish, now)
    row = Draw.objects.create(id=uuid7(), shop_id=shop_id, made_by=actor[:80], made_at=now, **_columns(wish))
    _put_prizes(row, wish.prizes)
    born(states.DRAW, shop_id, row.id, actor=actor, cause="make", now=now)
    _note(row, wish, "made", actor, now)
    return draw(shop_id, row.id)


@transaction.atomic(savepoint=False)
def change_draw(*, shop_id: UUID, draw_id: UUID, wish: DrawWish, actor: str, now: datetime) -> DrawView:
    """All of a draft. Raises DrawNotFound, DrawKept (it has been on), InvalidDraw(field), Forbidden."""
    must_be_able(shop_id, actor)
    row = lock_draw(shop_id, draw_id)
    if row.state != states.DRAFT:
        raise DrawKept
    _check(shop_id, wish, now)
    for name, value in _columns(wish).items():
        setattr(row, name, value)
    row.save(update_fields=list(_columns(wish)))
    Prize.objects.filter(shop_id=shop_id, draw_id=draw_id).delete()
    _put_prizes(row, wish.prizes)
    _note(row, wish, "changed", actor, now)
    return draw(shop_id, row.id)


@transaction.atomic(savepoint=False)
def turn_draw(*, shop_id: UUID, draw_id: UUID, on: bool, actor: str, now: datetime) -> DrawView:
    """Open it, from when on its terms are kept; or stop it. Raises DrawNotFound, IllegalTransition, InvalidDraw,
    Forbidden."""
    must_be_able(shop_id, actor)
    row = lock_draw(shop_id, draw_id)
    view = draw(shop_id, draw_id)
    if on:
        _check(shop_id, view.wish, now)
    move(row, states.ON if on else states.OFF, actor=actor, now=now)
    _note(row, view.wish, row.state, actor, now)
    return draw(shop_id, draw_id)


def _check(shop_id: UUID, wish: DrawWish, now: datetime) -> None:
    if not wish.name.strip() or len(wish.name) > 60:
        raise InvalidDraw(_("请填写名称，最多 60 个字"), field="name")
    if len(wish.words) > 300:
        raise InvalidDraw(field="words")
    if not 1 <= wish.cost <= MOST_UNITS:
        raise InvalidDraw(_("请填写积分"), field="cost")
    if not 1 <= wish.per_day <= MOST_A_DAY:
        raise InvalidDraw(_("每天 1 到 100 次"), field="per_day")
    if not 0 <= wish.least_rank <= MOST_RANK:
        raise InvalidDraw(field="least_rank")
    if wish.ends_at <= max(wish.starts_at, now):
        raise InvalidDraw(_("结束时间要晚于开始时间和现在"), field="ends_at")
    if not 2 <= len(wish.prizes) <= MOST_PRIZES:
        raise InvalidDraw(_("奖品须有 2 到 20 种"), field="prizes")
    if sum(one.consolation for one in wish.prizes) != 1:
        raise InvalidDraw(_("请选择一种奖品作保底奖"), field="prizes")
    for number, one in enumerate(wish.prizes):
        _check_prize(shop_id, one, f"prizes.{number}", now)


def _check_prize(shop_id: UUID, wish: PrizeWish, field: str, now: datetime) -> None:
    if not wish.name.strip() or len(wish.name) > 60:
        raise InvalidDraw(_("请填写奖品名称，最多 60 个字"), field=f"{field}.name")
    if not 1 <= wish.weight <= MOST_WEIGHT:
        raise InvalidDraw(_("权重须在 1 到 1,000,000 之间"), field=f"{field}.weight")
    if wish.stock is not None and not 1 <= wish.stock <= MOST_PIECES:
        raise InvalidDraw(_("请填写 1 到 1,000,000 的整数"), field=f"{field}.stock")
    if wish.consolation and (wish.kind == states.GOODS or wish.stock is not None):
        raise InvalidDraw(_("保底奖只能是积分或谢谢参与，不限数量"), field=f"{field}.kind")
    if wish.kind == states.GOODS:
        _check_goods(shop_id, wish, field)
    elif wish.kind == states.POINTS:
        if wish.sku_id is not None or not 1 <= wish.units <= MOST_UNITS:
            raise InvalidDraw(_("请填写积分"), field=f"{field}.units")
    elif wish.kind != states.NOTHING or wish.sku_id is not None or wish.units or wish.stock is not None:
        raise InvalidDraw(field=f"{field}.kind")
    if identity.shop_by_id(shop_id).currency == TOP_CURRENCY and _worth(shop_id, wish, now) > TOP_MINOR:
        raise InvalidDraw(_("单个奖品的价值不能超过 50,000 元"), field=f"{field}.kind")


def _worth(shop_id: UUID, wish: PrizeWish, now: datetime) -> int:
    return worth(shop_id, units=wish.units, sku_id=wish.sku_id, now=now)


def _check_goods(shop_id: UUID, wish: PrizeWish, field: str) -> None:
    """Codes: what a top-up asks for nobody could fill in. Without a limit a buyer: who won has won."""
    try:
        sku = catalog.skus_for_sale(shop_id, [wish.sku_id])[wish.sku_id] if wish.sku_id else None
    except DomainError:
        sku = None
    if sku is None or wish.units:
        raise InvalidDraw(_("请选择一个在售的规格"), field=f"{field}.sku_id")
    if sku.delivery_kind != CODE or sku.price.amount_minor < 1:
        raise InvalidDraw(_("奖品商品只能是卡密"), field=f"{field}.sku_id")
    if sku.per_buyer_limit is not None:
        raise InvalidDraw(_("奖品商品不能有每人限购"), field=f"{field}.sku_id")
    if not orders.takes_balance(shop_id, sku.price.currency):
        raise InvalidDraw(_("先开通余额支付，奖品订单才能付款"), field=f"{field}.sku_id")


def _columns(wish: DrawWish) -> dict[str, object]:
    return {
        "name": wish.name.strip(), "words": wish.words.strip(), "cost": wish.cost, "per_day": wish.per_day,
        "least_rank": wish.least_rank, "starts_at": wish.starts_at, "ends_at": wish.ends_at,
    }  # fmt: skip


def _put_prizes(row: Draw, prizes: Sequence[PrizeWish]) -> None:
    Prize.objects.bulk_create(
        Prize(
            id=uuid7(), shop_id=row.shop_id, draw=row, position=position, name=one.name.strip(), kind=one.kind,
            weight=one.weight, stock=one.stock, units=one.units, sku_id=one.sku_id, consolation=one.consolation,
        )
        for position, one in enumerate(prizes)
    )  # fmt: skip


def _note(row: Draw, wish: DrawWish, what: str, actor: str, now: datetime) -> None:
    audit.record(
        shop_id=row.shop_id, actor=actor, action=f"mall_draw_{what}", subject=("mall_draw", row.id),
        data={"name": row.name, "cost": row.cost, "per_day": row.per_day,
              "prizes": [f"{one.name} {one.kind} {one.weight} {one.stock}" for one in wish.prizes]}, now=now,
    )  # fmt: skip
