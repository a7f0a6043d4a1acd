"""What a buyer writes about a case, together with pictures."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales.operations.answer import answer
from goodfor.aftersales.operations.keep_pictures import keep_pictures
from goodfor.aftersales.pictures import prepared


def answer_with_pictures(
    *, shop_id: UUID, case_id: UUID, text: str, pictures: Sequence[bytes] = (), actor: str, now: datetime
) -> None:
    """Like `answer`, with pictures as they were handed in: all of it happens, or nothing.

    Raises InvalidPicture, TooManyPictures, and what `answer` raises.
    """
    kept = prepared(pictures)
    with transaction.atomic():
        # Before the answer, which may decide: then the pictures count.
        keep_pictures(shop_id=shop_id, case_id=case_id, pictures=kept, now=now)
        answer(shop_id=shop_id, case_id=case_id, text=text, actor=actor, now=now)
