"""What money of a purchase comes back for reasons that are known: taken back codes, complaints that were upheld."""

from decimal import Decimal

from django.db.models import Q, Sum

from goodfor.supply import states
from goodfor.supply.inquiry_models import Inquiry
from goodfor.supply.purchase_models import Attempt


def other_returns(attempt: Attempt) -> Decimal:
    """In their currency: for codes that they took back, or may have, and for complaints that ended well."""
    asked = Inquiry.objects.filter(shop_id=attempt.shop_id, attempt_id=attempt.id)
    # A void without an end may have had its effect all the same.
    gone = Q(said="voided") | Q(state=states.INQUIRY_SENT) | Q(said="silent", calls__gte=1)
    voids = asked.filter(gone, kind="void").count()
    upheld = asked.filter(kind="complain", said="upheld").aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return unit_of(attempt) * voids + upheld


def awaited(attempt: Attempt) -> bool:
    """A complaint is out there: whatever comes back now is its answer."""
    asked = Inquiry.objects.filter(shop_id=attempt.shop_id, attempt_id=attempt.id, kind="complain")
    return asked.filter(state=states.INQUIRY_SENT).exists()


def unit_of(attempt: Attempt) -> Decimal:
    """What a unit of it cost, in their currency."""
    return (attempt.charged or Decimal(0)) / attempt.quantity
