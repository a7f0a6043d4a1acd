"""Give a product its picture."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from goodfor.catalog.errors import ProductUnknown
from goodfor.catalog.images import normalised
from goodfor.catalog.locks import lock_product
from goodfor.catalog.models import ImageFile, Product
from goodfor.catalog.operations.attach_picture import attach_picture
from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7


def set_product_image(*, shop_id: UUID, product_id: UUID, raw: bytes, actor: str, now: datetime) -> str:
    """Check, rewrite and attach a picture as the cover; returns its file name.

    Raises InvalidImage, ProductUnknown, TooManyPictures.

    The file is written before the transaction and named by its content: a crash in between leaves an unused file.
    """
    if not Product.objects.filter(shop_id=shop_id, id=product_id).exists():
        raise ProductUnknown
    name, content, width, height = normalised(raw)
    _write(Path(settings.MEDIA_ROOT), name, content)
    with transaction.atomic():
        if not Product.objects.filter(shop_id=shop_id, id=product_id).update(image_name=name):
            raise ProductUnknown
        lock_product(shop_id, product_id)
        attach_picture(shop_id, product_id, name)
        ImageFile.objects.get_or_create(
            shop_id=shop_id, name=name, defaults={"width": width, "height": height, "size_bytes": len(content)}
        )
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="image_set",
            subject=("product", product_id),
            data={"name": name},
            now=now,
        )
    return name


def _write(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # A name of its own for each writer: the same picture may be uploaded twice at once.
    temporary = folder / f".{name}.{uuid7()}"
    try:
        temporary.write_bytes(content)
        temporary.replace(folder / name)
    finally:
        temporary.unlink(missing_ok=True)
