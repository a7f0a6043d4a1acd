"""Reads of buyers' pictures."""

from uuid import UUID

from goodfor.aftersales.errors import PictureNotFound
from goodfor.aftersales.picture_models import Picture
from goodfor.aftersales.pictures import picture_aad
from goodfor.aftersales.types import PictureView
from goodfor.kernel.crypto import Sealed, keyring


def pictures_of(shop_id: UUID, case_id: UUID) -> list[PictureView]:
    """The pictures of a case, in order, without their content."""
    rows = Picture.objects.filter(shop_id=shop_id, case_id=case_id).order_by("position").defer("blob")
    return [PictureView(row.id, row.position, row.width, row.height, row.at) for row in rows]


def picture_content(shop_id: UUID, case_id: UUID, picture_id: UUID) -> bytes:
    """A picture's WebP bytes, for the order's owner and the staff. Raises PictureNotFound."""
    row = Picture.objects.filter(shop_id=shop_id, case_id=case_id, id=picture_id).first()
    if row is None:
        raise PictureNotFound
    return keyring().open(Sealed(row.key_id, bytes(row.blob)), picture_aad(row.id))
