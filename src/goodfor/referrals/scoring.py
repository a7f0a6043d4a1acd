"""How odd a reward looks, and what follows. Weights are data; each that counted is a reason. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from goodfor.referrals.types import Terms

APPROVE, QUEUE, REJECT = "approve", "queue", "reject"
#: What speaks against a reward, and how much. One by itself seldom decides: a family shares an address and a network.
WEIGHTS: Final[Mapping[str, int]] = {
    "self": 1000,
    "cluster": 60,
    "device": 60,
    "instrument": 60,
    "phone": 60,
    "mail": 60,
    "top_up": 50,
    "address": 20,
    "network": 10,
    "fingerprint": 15,
    "cycle": 60,
    "crowd": 60,
    "alike": 50,
    "burst": 25,
    "refunds": 40,
    "risk": 30,
    "returned": 15,
}
WORDS: Final[Mapping[str, Any]] = {
    "self": _("邀请人与好友是同一账号"),
    "cluster": _("风控认为是同一个人"),
    "device": _("共用设备"),
    "instrument": _("共用支付工具"),
    "phone": _("共用手机号"),
    "mail": _("共用邮箱"),
    "top_up": _("充值到同一账号"),
    "address": _("同一 IP 地址"),
    "network": _("同一网段"),
    "fingerprint": _("相同浏览器指纹"),
    "cycle": _("邀请关系成环"),
    "crowd": _("邀请人的好友彼此关联"),
    "alike": _("好友之间共用设备、支付工具或充值账号"),
    "burst": _("短时间内邀请过多"),
    "refunds": _("好友的订单退款偏多"),
    "risk": _("这笔订单曾被风控拦下"),
    "returned": _("这笔订单退过一部分"),
    "cap": _("已达邀请奖励上限"),
}
#: So many friends bound within a day are a burst.
BURST: Final = 10
#: From so many friends on a group among them says something.
CROWD: Final = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an inviter and a friend. `shared`: kinds of names that both have been seen with.

    `crowd`: the largest group, by risk control, among the inviter's friends; `alike`: the most friends that share one
    name among themselves. `earned`, `refunded`: orders of friends that earned, and how many of these went back.
    """

    own: bool = False
    cluster: bool = False
    shared: frozenset[str] = frozenset()
    cycle: bool = False
    friends: int = 0
    friends_day: int = 0
    crowd: int = 0
    alike: int = 0
    earned: int = 0
    refunded: int = 0
    stopped: bool = False
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """The sum, and what it is made of, heaviest first."""

    points: int
    reasons: tuple[str, ...] = field(default=())


def score(facts: Facts) -> Score:
    """Add up what speaks against it."""
    counted = {name for name in facts.shared if name in WEIGHTS}
    if "address" in counted:
        # Who shares an address shares its network.
        counted.discard("network")
    told = {
        "self": facts.own, "cluster": facts.cluster, "cycle": facts.cycle, "burst": facts.friends_day > BURST,
        "crowd": facts.crowd >= CROWD, "alike": facts.alike >= CROWD, "refunds": _refunds(facts),
        "risk": facts.stopped, "returned": facts.returned,
    }  # fmt: skip
    counted |= {name for name, is_so in told.items() if is_so}
    reasons = tuple(sorted(counted, key=lambda name: (-WEIGHTS[name], name)))
    return Score(sum(WEIGHTS[name] for name in reasons), reasons)


def _refunds(facts: Facts) -> bool:
    """More than a third went back, held against two that did not: one refund of one friend is no pattern."""
    return facts.refunded >= 2 and facts.refunded * 3 > facts.earned + 2


def verdict(points: int, terms: Terms, cleared: int = 0) -> str:
    """What follows. `cleared`: a person has looked at so many points already and said yes."""
    if points >= terms.reject_from and points > cleared:
        return REJECT
    return QUEUE if points >= terms.queue_from and points > cleared else APPROVE
