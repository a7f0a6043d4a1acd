"""Keep the pictures that a buyer added to a case."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from goodfor.aftersales.errors import CaseMoved, TooManyPictures
from goodfor.aftersales.picture_models import Picture
from goodfor.aftersales.pictures import MOST, picture_aad
from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7
from goodfor.kernel.pictures import Rewritten


def keep_pictures(*, shop_id: UUID, case_id: UUID, pictures: Sequence[Rewritten], now: datetime) -> int:
    """Seal the pictures (of `pictures.prepared`) and write them down; how many there are now.

    Raises TooManyPictures, and CaseMoved where another request added pictures in this very moment.
    """
    last = Picture.objects.filter(shop_id=shop_id, case_id=case_id).aggregate(last=Max("position"))["last"] or 0
    if last + len(pictures) > MOST:
        raise TooManyPictures(most=MOST)
    if not pictures:
        return int(last)
    rows = [_row(shop_id, case_id, last + i, picture, now) for i, picture in enumerate(pictures, 1)]
    try:
        with transaction.atomic():
            Picture.objects.bulk_create(rows)
    except IntegrityError as error:
        raise CaseMoved from error
    return int(last) + len(rows)


def _row(shop_id: UUID, case_id: UUID, position: int, picture: Rewritten, now: datetime) -> Picture:
    picture_id = uuid7()
    sealed = keyring().seal(picture.content, picture_aad(picture_id))
    return Picture(
        id=picture_id,
        shop_id=shop_id,
        case_id=case_id,
        position=position,
        width=picture.width,
        height=picture.height,
        key_id=sealed.key_id,
        blob=sealed.blob,
        at=now,
    )
