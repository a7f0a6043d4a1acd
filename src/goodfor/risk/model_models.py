"""The table of models. What a model is never changes (trigger); only what it is used for does."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.risk.model import states


class RiskModel(models.Model):
    """A model for one kind of act in one shop. `file`: LightGBM's text, gzip; its digest is checked by the database."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    #: See `model.groups`.
    scene_group = models.CharField(max_length=16)
    #: 1, 2, 3 ... of its kind.
    number = models.IntegerField()
    state = models.CharField(max_length=16, default=states.CANDIDATE)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    promoted_at = models.DateTimeField(null=True)
    promoted_by = models.CharField(max_length=80, default="", blank=True)
    retired_at = models.DateTimeField(null=True)
    retired_by = models.CharField(max_length=80, default="", blank=True)
    #: Names in order, and of texts their numbers (`model.rows.Encoding`).
    encoding = models.JSONField()
    set_version = models.IntegerField()
    file = models.BinaryField()
    file_sha256 = models.BinaryField()
    calibration = models.JSONField()
    bands = models.JSONField()
    report = models.JSONField()

    class Meta:
        db_table = "risk_model"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "scene_group", "number"], name="risk_model_number"),
            models.UniqueConstraint(
                fields=["shop_id", "scene_group"], condition=Q(state=states.CHAMPION), name="risk_model_one_champion"
            ),
            models.UniqueConstraint(
                fields=["shop_id", "scene_group"], condition=Q(state=states.SHADOW), name="risk_model_one_challenger"
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="risk_model_counts"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.MODEL.states)), name="risk_model_state"
            ),
            # Four eyes.
            models.CheckConstraint(
                condition=Q(promoted_by="") | ~Q(promoted_by=F("made_by")), name="risk_model_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(state=states.CHAMPION) | (Q(promoted_at__isnull=False) & ~Q(promoted_by="")),
                name="risk_model_promoted",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.scene_group} {self.number} {self.state}"
