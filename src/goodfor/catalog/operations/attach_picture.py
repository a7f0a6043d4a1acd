"""Hang a picture behind the others of a product: a step in its caller's transaction, with the product locked."""

from uuid import UUID

from goodfor.catalog.errors import TooManyPictures
from goodfor.catalog.models import ProductImage

MOST_PICTURES = 8


def attach_picture(shop_id: UUID, product_id: UUID, name: str) -> None:
    """Once, however often it is uploaded. Raises TooManyPictures."""
    rows = ProductImage.objects.filter(shop_id=shop_id, product_id=product_id)
    last = rows.order_by("-position").first()
    if rows.filter(name=name).exists():
        return
    if rows.count() >= MOST_PICTURES:
        raise TooManyPictures(limit=MOST_PICTURES)
    ProductImage.objects.create(
        shop_id=shop_id, product_id=product_id, name=name, position=last.position + 1 if last else 0
    )
