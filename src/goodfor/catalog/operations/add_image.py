"""Take in a picture that something else will show."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from goodfor.catalog.images import normalised
from goodfor.catalog.models import ImageFile
from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7


def add_image(*, shop_id: UUID, raw: bytes, actor: str, now: datetime) -> str:
    """Check and rewrite a picture; returns its file name, by its content. Raises InvalidImage.

    The file is written before the transaction: a crash in between leaves an unused file.
    """
    name, content, width, height = normalised(raw)
    _write(Path(settings.MEDIA_ROOT), name, content)
    with transaction.atomic():
        ImageFile.objects.get_or_create(
            shop_id=shop_id, name=name, defaults={"width": width, "height": height, "size_bytes": len(content)}
        )
        audit.record(shop_id=shop_id, actor=actor, action="image_added", subject=("image", name), data={}, now=now)
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
