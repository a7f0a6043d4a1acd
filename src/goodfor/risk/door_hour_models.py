"""Tables of what came to the doors: those who were turned away, all by the hour, and who met planted codes."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7


class DoorRefusal(models.Model):
    """A knock that did not go on. For figures only: not logged (sql/schema/refusals.sql), so that turning somebody
    away stays cheap; after a crash of the database those of the last minutes are gone."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.UUIDField()
    door = models.SmallIntegerField()
    at = models.DateTimeField()
    #: Asked for a challenge, not refused.
    asked = models.BooleanField()

    class Meta:
        db_table = "risk_door_refusal"
        indexes = [models.Index(fields=["at"], name="risk_door_refusal_at")]

    def __str__(self) -> str:
        return f"{self.door} {self.at}"


class DoorHour(models.Model):
    """What came to a door in an hour, without lines that are still there."""

    pk = models.CompositePrimaryKey("shop_id", "door", "hour")
    shop_id = models.UUIDField()
    door = models.SmallIntegerField()
    hour = models.DateTimeField()
    right = models.IntegerField(default=0)
    wrong = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    asked = models.IntegerField(default=0)

    class Meta:
        db_table = "risk_door_hour"
        constraints = [
            models.CheckConstraint(
                condition=Q(right__gte=0, wrong__gte=0, refused__gte=0, asked__gte=0), name="risk_door_hour_counts"
            )
        ]
        indexes = [models.Index(fields=["hour"], name="risk_door_hour_hour")]

    def __str__(self) -> str:
        return f"{self.door} {self.hour}"


class Meeting(models.Model):
    """Who met a planted code, by keys whose rows name them (`risk_entity`); 0: not known. `place`: the door, or where
    it was seen."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    planted_id = models.UUIDField()
    place = models.CharField(max_length=40)
    buyer = models.BigIntegerField(default=0)
    device = models.BigIntegerField(default=0)
    address = models.BigIntegerField(default=0)
    count = models.IntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "risk_meeting"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "planted_id", "place", "buyer", "device", "address"], name="risk_meeting_once"
            ),
            models.CheckConstraint(condition=Q(count__gt=0, first_at__lte=F("last_at")), name="risk_meeting_times"),
        ]
        indexes = [models.Index(fields=["shop_id", "-last_at"], name="risk_meeting_recent")]

    def __str__(self) -> str:
        return f"{self.place} {self.count}"
