"""Add a picture to a product."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog.errors import ProductUnknown
from goodfor.catalog.locks import lock_product
from goodfor.catalog.models import Product
from goodfor.catalog.operations.add_image import add_image
from goodfor.catalog.operations.attach_picture import attach_picture
from goodfor.kernel import audit


def add_product_image(*, shop_id: UUID, product_id: UUID, raw: bytes, actor: str, now: datetime) -> str:
    """Check, rewrite and add a picture behind the others; the first is the cover. Returns its file name.

    The picture is taken in first: a crash in between leaves one that nothing shows. Raises InvalidImage,
    ProductUnknown, TooManyPictures.
    """
    if not Product.objects.filter(shop_id=shop_id, id=product_id).exists():
        raise ProductUnknown
    name = add_image(shop_id=shop_id, raw=raw, actor=actor, now=now)
    with transaction.atomic():
        product = lock_product(shop_id, product_id)
        attach_picture(shop_id, product_id, name)
        if not product.image_name:
            Product.objects.filter(shop_id=shop_id, id=product_id).update(image_name=name)
        audit.record(
            shop_id=shop_id, actor=actor, action="picture_added", subject=("product", product_id),
            data={"name": name}, now=now,
        )  # fmt: skip
    return name
