"""Change name, birthday and language."""

import unicodedata
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity.buyer_models import Buyer
from goodfor.identity.errors import BuyerNotFound, InvalidProfile
from goodfor.identity.types import SignedInBuyer
from goodfor.kernel import audit

LOCALES = ("zh-hans", "en")


def change_profile(*, buyer: SignedInBuyer, name: str, birthday: date | None, locale: str, now: datetime) -> None:
    """Set all three; name and birthday may be empty. Raises InvalidProfile, BuyerNotFound."""
    name = clean_line(name, 60, "name")
    if birthday is not None and not date(1900, 1, 1) <= birthday <= now.date():
        raise InvalidProfile(_("生日不能在将来，也不早于 1900 年。"), field="birthday")
    if locale not in LOCALES:
        raise InvalidProfile(_("没有这种语言。"), field="locale")
    with transaction.atomic():
        rows = Buyer.objects.filter(shop_id=buyer.shop_id, pk=buyer.buyer_id).exclude(state="erased")
        if not rows.update(name=name, birthday=birthday, locale=locale):
            raise BuyerNotFound
        audit.record(
            shop_id=buyer.shop_id,
            actor=f"buyer:{buyer.buyer_id}",
            action="identity.buyer_profile_changed",
            subject=("buyer", buyer.buyer_id),
            data={"fields": ["name", "birthday", "locale"]},
            now=now,
        )


def clean_line(text: str, most: int, field: str) -> str:
    """One line of visible text, at most `most` characters. Raises InvalidProfile."""
    text = " ".join(text.split())
    if len(text) > most or any(unicodedata.category(ch) in ("Cc", "Cf", "Co", "Cs") for ch in text):
        raise InvalidProfile(_("太长，或含有不能显示的字符。"), field=field)
    return text
