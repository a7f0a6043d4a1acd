"""Nonces of calls whose time has passed go away."""

from datetime import datetime

from goodfor.kernel.tenancy import platform_job
from goodfor.partners.models import Nonce


def forget_nonces(*, before: datetime, limit: int = 5_000) -> int:
    """All shops; how many went. A call that old is refused for its time."""
    with platform_job("nonces of partners"):
        old = list(Nonce.objects.filter(at__lt=before).order_by("at").values_list("id", flat=True)[:limit])
        return Nonce.objects.filter(id__in=old).delete()[0] if old else 0
