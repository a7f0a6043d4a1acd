"""A call of a partner's: proven first, then done once, then answered in its words and no others."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.kernel.faultpoints import reach
from goodfor.partners import protocol, states
from goodfor.partners.errors import CallRefused
from goodfor.partners.guard import proven
from goodfor.partners.models import Exchange
from goodfor.partners.operations.hear_result import hear_result
from goodfor.partners.operations.supply_goods import supply_goods
from goodfor.partners.operations.take_points import take_points
from goodfor.partners.protocol import Malformed, PointsAnswer
from goodfor.partners.types import Answer, Call

OK: Final = Answer(b"ok", "text/plain")
NOT_OK: Final = Answer(b"fail", "text/plain", 403)
_STATES: Final = {
    states.EX_DONE: "success", states.EX_BACK: "fail", states.EX_LOST: "fail", states.EX_REFUSED: "fail",
}  # fmt: skip


def hear_deduct(*, shop_id: UUID, account_id: UUID, call: Call, now: datetime) -> Answer:
    """Units are to be taken. Raises what a database that is busy raises: then nothing was done, and none is said."""
    return _points(states.DEDUCT, shop_id, account_id, call, now)


def hear_add(*, shop_id: UUID, account_id: UUID, call: Call, now: datetime) -> Answer:
    """Units are to be given."""
    return _points(states.ADD, shop_id, account_id, call, now)


def hear_notice(*, shop_id: UUID, account_id: UUID, call: Call, now: datetime) -> Answer:
    """What became of an order; `ok` once it is written down, however often it comes."""
    try:
        _account, params = proven(
            shop_id=shop_id, account_id=account_id, role=states.DEVELOPER, call=call, timely=False, even_off=True,
            now=now,
        )  # fmt: skip
        told = protocol.read_notice(params)
    except (CallRefused, Malformed):
        return NOT_OK
    hear_result(shop_id=shop_id, account_id=account_id, told=told, now=now)
    reach("partners.heard")
    return OK


def hear_virtual(*, shop_id: UUID, account_id: UUID, call: Call, now: datetime) -> Answer:
    """Goods of ours are to be supplied for an order whose points we took; asked again, how it stands."""
    try:
        _account, params = proven(shop_id=shop_id, account_id=account_id, role=states.DEVELOPER, call=call, now=now)
        asked = protocol.read_supply(params)
    except (CallRefused, Malformed):
        return Answer(protocol.write_supply("fail", "", None, _("请求无效")))
    told = supply_goods(shop_id=shop_id, account_id=account_id, asked=asked, now=now)
    reach("partners.supplied")
    message = "" if told.status != "fail" else _("暂时不能兑换")
    return Answer(protocol.write_supply(told.status, told.ref, told.left, message))


def hear_state(*, shop_id: UUID, account_id: UUID, call: Call, now: datetime) -> Answer:
    """A partner asks what became of an exchange in our mall."""
    try:
        account, params = proven(
            shop_id=shop_id, account_id=account_id, role=states.MALL, call=call, even_off=True, now=now
        )
        number = protocol.read_order_num(params)
    except (CallRefused, Malformed):
        return Answer(protocol.write_state(""), status=403)
    row = Exchange.objects.filter(shop_id=shop_id, account=account, order_num=number).first()
    return Answer(protocol.write_state(_STATES.get(row.state, "process") if row else ""))


def _points(kind: str, shop_id: UUID, account_id: UUID, call: Call, now: datetime) -> Answer:
    try:
        _account, params = proven(shop_id=shop_id, account_id=account_id, role=states.DEVELOPER, call=call, now=now)
        asked = protocol.read_points(params)
    except (CallRefused, Malformed):
        return Answer(protocol.write_points(PointsAnswer(False, message=_("请求无效"))))
    answer = take_points(shop_id=shop_id, account_id=account_id, kind=kind, asked=asked, now=now)
    reach("partners.taken")
    return Answer(protocol.write_points(answer))


#: What a partner may call, by the last part of its address.
CALLS: Final[Mapping[str, Callable[..., Answer]]] = {
    "deduct": hear_deduct, "add": hear_add, "notice": hear_notice, "virtual": hear_virtual, "status": hear_state,
}  # fmt: skip
