"""What links accounts, how strongly, and how many may share it before it says nothing. All of it data. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from goodfor.risk.types import SCENE_NUMBERS, KeyKind, Result, Scene

#: By these a newcomer is known to belong to a group before anything links him to it.
JOINING: Final = (KeyKind.BUYER, KeyKind.DEVICE, KeyKind.PHONE, KeyKind.MAIL, KeyKind.INSTRUMENT)


class LinkKind(IntEnum):
    """Kinds of keys in links and groups; up to 9 as in `KeyKind`, by its order. Never renumber."""

    BUYER = 1
    DEVICE = 2
    NETWORK = 3
    PHONE = 5
    MAIL = 6
    INSTRUMENT = 7
    FINGERPRINT = 11
    #: What mailboxes made in bulk have in common.
    PATTERN = 12
    #: The same network within the same ten minutes.
    TIMING = 13


@dataclass(frozen=True, slots=True)
class Rule:
    """What a shared key of a kind is worth.

    A strong one joins its first `most` buyers (by when they were first seen with it), and no later ones: neither does a
    telephone in an internet café join a town, nor can an attacker undo a group by adding to it. A weak one counts
    `weight` between any two of its buyers while there are at most `most`, and nothing once there are more (a carrier's
    gateway, a school). `most_of_buyer`: of one buyer only so many keys of the kind count, the first ones.
    """

    words: Any
    most: int
    most_of_buyer: int
    weight: int = 0

    @property
    def strong(self) -> bool:
        """Joins by itself."""
        return self.weight == 0


#: The sum of weights, each kind counted once, at which weak links join two buyers.
LINE: Final = 100
RULES: Final[Mapping[LinkKind, Rule]] = {
    LinkKind.INSTRUMENT: Rule(_("共用支付工具"), most=50, most_of_buyer=30),
    LinkKind.PHONE: Rule(_("共用手机号"), most=50, most_of_buyer=20),
    LinkKind.MAIL: Rule(_("共用邮箱"), most=50, most_of_buyer=20),
    LinkKind.DEVICE: Rule(_("共用设备"), most=200, most_of_buyer=40),
    LinkKind.FINGERPRINT: Rule(_("相同浏览器指纹"), most=30, most_of_buyer=40, weight=50),
    LinkKind.PATTERN: Rule(_("相同邮箱样式"), most=60, most_of_buyer=20, weight=40),
    LinkKind.TIMING: Rule(_("同一时段同一网段"), most=60, most_of_buyer=100, weight=40),
    LinkKind.NETWORK: Rule(_("同一网段"), most=60, most_of_buyer=100, weight=30),
}
STRONG: Final = tuple(kind for kind, rule in RULES.items() if rule.strong)
WEAK: Final = tuple(kind for kind, rule in RULES.items() if not rule.strong)
SHARED_NUMBERS: Final = tuple(sorted(int(kind) for kind in RULES))


def _deciding() -> tuple[LinkKind, ...]:
    """Two buyers whom weak links join share one of these: without them the weights of the others miss the line."""
    rest, left_out = 0, set()
    for kind in sorted(WEAK, key=lambda kind: (RULES[kind].weight, kind)):
        if rest + RULES[kind].weight >= LINE:
            break
        rest += RULES[kind].weight
        left_out.add(kind)
    return tuple(kind for kind in WEAK if kind not in left_out)


DECIDING: Final = _deciding()
#: How long the time slots of TIMING are.
SLOT_SECONDS: Final = 600

_ANY: Final = (Result.ATTEMPT, Result.GOOD, Result.BAD)
#: Who does these has a session of the account, whatever becomes of it.
_IN_SESSION: Final = (
    Scene.ORDER, Scene.PAY, Scene.REVEAL, Scene.REDEEM, Scene.CLAIM, Scene.COUPON, Scene.REFERRAL,
)  # fmt: skip
#: Who succeeds in these has proven to be its owner. A mere attempt proves nothing: with attempts to sign in somebody
#: could tie whomever he likes to himself.
_PROVEN: Final = (Scene.REGISTER, Scene.SIGN_IN, Scene.ONE_TIME_CODE)
_PRESENT: Final = (
    *((scene, result) for scene in _IN_SESSION for result in _ANY),
    *((scene, Result.GOOD) for scene in _PROVEN),
)
#: A contact that was only typed in may be anybody's: it counts once it was proven, paid with, or delivered to.
_CONTACT: Final = tuple((scene, Result.GOOD) for scene in (*_PROVEN, Scene.PAY, Scene.REVEAL))
#: Which events show a buyer with a key. The staff's acts never link.
PROOF: Final[Mapping[LinkKind, tuple[tuple[Scene, Result], ...]]] = {
    LinkKind.DEVICE: _PRESENT,
    LinkKind.NETWORK: _PRESENT,
    LinkKind.PHONE: _CONTACT,
    LinkKind.MAIL: _CONTACT,
    # A refused card tells as much: one who tests cards has many accounts.
    LinkKind.INSTRUMENT: ((Scene.PAY, Result.GOOD), (Scene.PAY, Result.BAD), (Scene.ORDER, Result.GOOD)),
    LinkKind.TIMING: ((Scene.REGISTER, Result.GOOD), (Scene.ORDER, Result.ATTEMPT)),
}


def proof_columns() -> dict[str, list[int]]:
    """PROOF as three columns of equal length, for a statement."""
    rows = [(int(kind), SCENE_NUMBERS[scene], int(result)) for kind, pairs in PROOF.items() for scene, result in pairs]
    kinds, scenes, results = (list(column) for column in zip(*rows, strict=True))
    return {"proof_kinds": kinds, "proof_scenes": scenes, "proof_results": results}


def limit_columns() -> dict[str, list[int] | list[bool]]:
    """RULES as columns of equal length, for a statement."""
    return {
        "kinds": [int(kind) for kind in RULES],
        "most": [rule.most for rule in RULES.values()],
        "most_of_buyer": [rule.most_of_buyer for rule in RULES.values()],
        "strong": [rule.strong for rule in RULES.values()],
    }
