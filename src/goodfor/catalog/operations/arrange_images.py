"""Order, choose and take away the pictures of a product."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog.errors import PictureUnknown
from goodfor.catalog.locks import lock_product
from goodfor.catalog.models import Product, ProductImage
from goodfor.kernel import audit


@transaction.atomic
def arrange_images(
    *, shop_id: UUID, product_id: UUID, names: Sequence[str], cover: str, actor: str, now: datetime
) -> None:
    """Keep these of its pictures, in this order; the others go. `cover` is one of them, or the first when it is gone.

    The files stay: other products and sent messages may show them. Raises ProductUnknown, PictureUnknown.
    """
    lock_product(shop_id, product_id)
    rows = ProductImage.objects.filter(shop_id=shop_id, product_id=product_id)
    wanted = list(dict.fromkeys(names))
    known = set(rows.values_list("name", flat=True))
    if not set(wanted) <= known:
        raise PictureUnknown
    rows.exclude(name__in=wanted).delete()
    for position, name in enumerate(wanted):
        rows.filter(name=name).update(position=position)
    shown = cover if cover in wanted else (wanted[0] if wanted else "")
    Product.objects.filter(shop_id=shop_id, id=product_id).update(image_name=shown)
    audit.record(
        shop_id=shop_id, actor=actor, action="pictures_arranged", subject=("product", product_id),
        data={"names": wanted, "cover": shown}, now=now,
    )  # fmt: skip
