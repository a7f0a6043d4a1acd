"""Change name, birthday and language."""

import unicodedata
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity.buyer_models import Buyer
from goodfor.identity.errors import BuyerNotFound, InvalidProfile
from goodfor.identity.types import SignedInBuyer
from goodfor.kernel import audit

LOCALES = ("zh-hans", "en")
BIRTHDAY_STAYS: Final = timedelta(days=365)


def change_profile(*, buyer: SignedInBuyer, name: str, birthday: date | None, locale: str, now: datetime) -> None:
    """Set all three; name and birthday may be empty. Presents go by the birthday: one that is set changes once a year.

    Raises InvalidProfile, BuyerNotFound.
    """
    name = clean_line(name, 60, "name")
    if birthday is not None and not date(1900, 1, 1) <= birthday <= now.date():
        raise InvalidProfile(_("生日不能在将来，也不早于 1900 年。"), field="birthday")
    if locale not in LOCALES:
        raise InvalidProfile(_("没有这种语言。"), field="locale")
    with transaction.atomic():
        rows = Buyer.objects.filter(shop_id=buyer.shop_id, pk=buyer.buyer_id).exclude(state="erased")
        known = rows.values_list("birthday", "birthday_set_at").first()
        if known is None:
            raise BuyerNotFound
        set_at = known[1]
        if birthday != known[0]:
            if set_at is not None and now - set_at < BIRTHDAY_STAYS:
                raise InvalidProfile(_("生日一年只能改一次。"), field="birthday")
            # Taken away and set again is a change, too: the moment stays with the account.
            set_at = now
        rows.update(name=name, birthday=birthday, birthday_set_at=set_at, locale=locale)
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
