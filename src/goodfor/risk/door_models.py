"""Tables of doors: what is counted, who was right before, alarms, used challenges, planted codes.

Keys are numbers by keyed hash (`doors/keys.py`). What attackers fill is forgotten within days.
"""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.risk.doors.types import DEAREST, STEPS


class DoorKey(models.Model):
    """How often a key erred at a door. `level`: lock-outs so far; `busy_until - now` counts errors in units of leak."""

    pk = models.CompositePrimaryKey("shop_id", "door", "kind", "key")
    shop_id = models.UUIDField()
    door = models.SmallIntegerField()
    kind = models.SmallIntegerField()
    key = models.BigIntegerField()
    level = models.SmallIntegerField(default=0)
    busy_until = models.DateTimeField(null=True)
    open_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField()
    #: For forgetting. A day, so that the index is touched once a day and counting is cheap.
    day = models.DateField()

    class Meta:
        db_table = "risk_door_key"
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=0, level__lte=STEPS), name="risk_door_key_level"),
            models.CheckConstraint(condition=Q(open_at__isnull=True) | Q(level__gt=0), name="risk_door_key_lock"),
        ]
        indexes = [models.Index(fields=["day"], name="risk_door_key_day")]

    def __str__(self) -> str:
        return f"{self.door} {self.kind} {self.level}"


class DoorKnown(models.Model):
    """A device from which somebody was right at a door before (at one subject, where the door has them)."""

    pk = models.CompositePrimaryKey("shop_id", "door", "key")
    shop_id = models.UUIDField()
    door = models.SmallIntegerField()
    key = models.BigIntegerField()
    good = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "risk_door_known"
        constraints = [
            models.CheckConstraint(condition=Q(good__gt=0, first_at__lte=F("last_at")), name="risk_door_known_good")
        ]
        indexes = [models.Index(fields=["last_at"], name="risk_door_known_last")]

    def __str__(self) -> str:
        return f"{self.door} {self.good}"


class DoorAnswer(models.Model):
    """How a knock ended; kept for little more than an hour. Only ever appended to: nobody waits for anybody here.

    `scope`: 0, or the batch. `mark`: how the guess began, or some bits of the password. `guess`: the whole
    guess, to tell many from one repeated. `sound`: a code with valid check characters that nobody has.
    """

    id = models.BigAutoField(primary_key=True)
    shop_id = models.UUIDField()
    door = models.SmallIntegerField()
    at = models.DateTimeField()
    good = models.BooleanField()
    scope = models.BigIntegerField()
    network = models.BigIntegerField(null=True)
    address = models.BigIntegerField(null=True)
    device = models.BigIntegerField(null=True)
    subject = models.BigIntegerField(null=True)
    mark = models.BigIntegerField(null=True)
    guess = models.BigIntegerField(null=True)
    sound = models.BooleanField(default=False)

    class Meta:
        db_table = "risk_door_answer"
        indexes = [
            models.Index(fields=["shop_id", "door", "scope", "good", "at"], name="risk_door_answer_scope"),
            *(
                models.Index(
                    fields=["shop_id", "door", by, "at"], name=f"risk_door_answer_{by}", include=include,
                    condition=Q(good=False, **{f"{by}__isnull": False}),
                )
                for by, include in (
                    ("network", ["subject", "sound"]), ("address", ["subject", "sound"]),
                    ("device", ["subject", "sound"]), ("mark", ["subject", "guess"]),
                )
            ),
            models.Index(fields=["at"], name="risk_door_answer_at"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.door} {self.at}"


class DoorBreaker(models.Model):
    """A door that asks everybody for a challenge, or did. `times`: openings, until a quiet day has passed."""

    pk = models.CompositePrimaryKey("shop_id", "door", "scope")
    shop_id = models.UUIDField()
    door = models.SmallIntegerField()
    scope = models.BigIntegerField()
    #: The batch as the caller names it; empty: the whole shop.
    batch = models.CharField(max_length=64, default="", blank=True)
    why = models.CharField(max_length=16)
    cost = models.SmallIntegerField()
    times = models.IntegerField()
    opened_at = models.DateTimeField()
    open_until = models.DateTimeField()
    misses = models.IntegerField()

    class Meta:
        db_table = "risk_door_breaker"
        constraints = [
            models.CheckConstraint(condition=Q(cost__gte=1, cost__lte=DEAREST, times__gte=1), name="risk_breaker_cost"),
            models.CheckConstraint(condition=Q(open_until__gt=F("opened_at")), name="risk_breaker_until"),
        ]

    def __str__(self) -> str:
        return f"{self.door} {self.why}"


class UsedChallenge(models.Model):
    """A challenge that was solved and handed in: it opens once."""

    pk = models.CompositePrimaryKey("shop_id", "nonce")
    shop_id = models.UUIDField()
    nonce = models.BinaryField(max_length=16)
    until = models.DateTimeField()

    class Meta:
        db_table = "risk_used_challenge"
        indexes = [models.Index(fields=["until"], name="risk_used_challenge_until")]

    def __str__(self) -> str:
        return str(self.until)


class Planted(models.Model):
    """What honeypots and canaries have in common. A planted thing never changes and never goes: it is retired."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    why = models.CharField(max_length=200)
    planted_by = models.CharField(max_length=80)
    planted_at = models.DateTimeField()
    retired_by = models.CharField(max_length=80, default="", blank=True)
    retired_at = models.DateTimeField(null=True)
    #: How often it was met with, and when last.
    met = models.IntegerField(default=0)
    met_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


def _planted(name: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(retired_at__isnull=True, retired_by="") | (Q(retired_at__isnull=False) & ~Q(retired_by="")),
            name=f"risk_{name}_retired",
        ),
        models.CheckConstraint(
            condition=Q(met=0, met_at__isnull=True) | Q(met__gt=0, met_at__isnull=False), name=f"risk_{name}_met"
        ),
    ]


class Honeypot(Planted):
    """A code that nobody was ever given: who knocks with it found it where no honest person looks."""

    #: Keyed hash of the code (16 bytes); `ending`: its last characters, to tell it by.
    hash = models.BinaryField(max_length=16)
    ending = models.CharField(max_length=4)
    #: The batch it stands in for, as the caller names it.
    batch = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        db_table = "risk_honeypot"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "hash"], name="risk_honeypot_once"),
            *_planted("honeypot"),
        ]
        indexes = [models.Index(fields=["shop_id", "planted_at"], name="risk_honeypot_page")]

    def __str__(self) -> str:
        return self.ending


class Canary(Planted):
    """A code among the stock that is never sold: seen outside, it says that the stock was stolen."""

    #: The code's blind index, as the room that keeps the code has it.
    fingerprint = models.BinaryField(max_length=16)
    sku_id = models.UUIDField()
    #: Where it was seen last.
    place = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "risk_canary"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "fingerprint"], name="risk_canary_once"),
            *_planted("canary"),
        ]
        indexes = [models.Index(fields=["shop_id", "planted_at"], name="risk_canary_page")]

    def __str__(self) -> str:
        return str(self.id)
