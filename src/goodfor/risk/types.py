"""What risk control is asked and what it answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final
from uuid import UUID

#: A value of a feature. None: not known, which is never the same as no.
Value = bool | int | float | str | None


class Scene(StrEnum):
    """The acts that can cost money."""

    REGISTER = "register"
    SIGN_IN = "sign_in"
    #: A one-time code was asked for, or guessed at.
    ONE_TIME_CODE = "one_time_code"
    #: A guest looks an order up by its number and secret.
    LOOK_UP = "look_up"
    ORDER = "order"
    #: A buyer sets out to pay; what the channel says of it later is a result of the same scene.
    PAY = "pay"
    REVEAL = "reveal"
    #: A code of one's own brand is redeemed.
    REDEEM = "redeem"
    CLAIM = "claim"
    COUPON = "coupon"
    REFERRAL = "referral"
    #: Staff look at codes.
    STAFF_VIEW = "staff_view"
    EXPORT = "export"


#: What the staff do with what the shop has: no list and no pause of a rule lets it through, only another person does.
BY_STAFF: Final[frozenset[Scene]] = frozenset({Scene.STAFF_VIEW, Scene.EXPORT})
#: How scenes are stored. Never renumber.
SCENE_NUMBERS: Mapping[Scene, int] = {scene: number for number, scene in enumerate(Scene, start=1)}


class Result(IntEnum):
    """What became of an act: of each there is an attempt, written before it is judged, and at most one result."""

    ATTEMPT = 0
    GOOD = 1
    BAD = 2


class Outcome(StrEnum):
    """What to do; the later in this list, the stronger. Holding beats refusing: the code stays ours."""

    ALLOW = "allow"
    CHALLENGE = "challenge"
    REVIEW = "review"
    HOLD = "hold"
    DENY = "deny"

    @property
    def strength(self) -> int:
        """For comparing."""
        return list(Outcome).index(self)


class KeyKind(StrEnum):
    """What events are counted by."""

    BUYER = "buyer"
    DEVICE = "device"
    #: An IPv4 /24 or IPv6 /48 network.
    NETWORK = "network"
    #: The very address.
    ADDRESS = "address"
    PHONE = "phone"
    MAIL = "mail"
    #: What was paid with, as far as the channel tells.
    INSTRUMENT = "instrument"
    BATCH = "batch"
    REFERRER = "referrer"


#: How kinds of keys are stored. Never renumber.
KIND_NUMBERS: Mapping[KeyKind, int] = {kind: number for number, kind in enumerate(KeyKind, start=1)}


@dataclass(frozen=True, slots=True)
class Act:
    """One act, as a face saw it. Texts are plain here and are never stored so; empty or None: not known.

    `buyer` is who acts: `buyer:<id>`, `client:<id>`, `guest:<hash>` or `staff:<id>`. `subject` is what it is about
    ("order", id). Amounts in minor units of `currency`. `facts` are features that the caller knows (`facts.FACTS`).
    """

    shop_id: UUID
    scene: Scene
    at: datetime
    buyer: str = ""
    device: str = ""
    ip: str = ""
    agent: str = ""
    phone: str = ""
    mail: str = ""
    instrument: str = ""
    batch: str = ""
    referrer: str = ""
    subject: tuple[str, UUID] | None = None
    amount_minor: int = 0
    currency: str = ""
    facts: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fitted. `live`: it counts; else it is in the shadow, or its percentage left this act out.

    `hard`: decides before the model's score. `hold` and `cost`: what it asks of a hold and of a challenge. `why`: what
    kept it from counting (`shadow`, `percent`, `snooze`), or `quarantine` where an earlier hit makes this one.
    """

    rule_id: UUID
    code: str
    version: int
    outcome: Outcome
    live: bool
    label: str
    hard: bool = False
    hold: timedelta | None = None
    cost: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of an act; the row is stored before anybody is told.

    `reasons` are codes with words in `wording.REASONS`. `hold`: deliver no sooner than after this long, unless
    released. `cost`: how hard the challenge is, 1 to 4. `sampled`: would have been denied and is held and reviewed
    instead, so that the model keeps learning. `failed`: parts of the engine that did not answer (then the outcome is at
    least what `failing.POLICY` says of the scene). `absent`: parts that this installation does not have (yet).
    """

    id: UUID
    event_id: int
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    score: float | None = None
    hold: timedelta | None = None
    cost: int = 0
    sampled: bool = False
    failed: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
