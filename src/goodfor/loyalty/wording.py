"""What a movement is called on a member's statement."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from goodfor.loyalty.types import EntryView

_WORDS: Final = {
    "earn": _("积分到账"), "spend": _("积分付款"), "expire": _("积分到期"), "adjust": _("店铺调整"),
    "restore": _("退款退回积分"), "clawback": _("退款扣回积分"), "given": _("转赠给朋友"), "received": _("朋友转赠"),
}  # fmt: skip
#: What earned, by the kind of its source.
_BY: Final = {
    "order": _("购物得积分"), "checkin": _("签到"), "monthly": _("会员每月积分"), "birthday": _("生日积分"),
    "partner": _("合作方赠送积分"),
}  # fmt: skip
#: What was spent, or came back, at a partner's.
_ELSEWHERE: Final = {"spend": _("在合作方商城兑换"), "restore": _("合作方兑换未成功，退回积分")}


def said(entry: EntryView) -> str | Promise:
    """In the reader's language."""
    if entry.kind == "earn" and entry.source.kind in _BY:
        return _BY[entry.source.kind]
    if entry.source.kind == "partner" and entry.kind in _ELSEWHERE:
        return _ELSEWHERE[entry.kind]
    return _WORDS[entry.kind]
