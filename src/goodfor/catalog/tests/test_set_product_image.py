"""A product's picture: checked, rewritten, on disk under its own name; a refusal leaves no file behind."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from goodfor.catalog import queries
from goodfor.catalog.errors import InvalidImage, ProductUnknown
from goodfor.catalog.operations import set_product_image
from goodfor.catalog.tests.factories import NOW, audited, offer, refused, row, rows
from goodfor.catalog.tests.pictures import corner, encoded, noise, png

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"actor": "staff:a", "now": NOW}


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def test_a_picture_is_attached_and_written_down(folder: Path, now: datetime) -> None:
    made = offer()
    before = row("catalog_product", made.product_id)
    raw = encoded(noise(), "JPEG")
    name = set_product_image(shop_id=made.shop_id, product_id=made.product_id, raw=raw, actor="staff:a", now=now)
    [(stored, content)] = files(folder).items()
    assert stored == name == hashlib.sha256(content).hexdigest()[:40] + ".webp"
    assert row("catalog_product", made.product_id) == {**before, "image_name": name}
    assert rows("SELECT shop_id, name, width, height, size_bytes FROM catalog_image") == [
        (made.shop_id, name, 120, 80, len(content))
    ]
    assert audited(made.product_id)[1:] == [(made.shop_id, "staff:a", "image_set", "product", f'{{"name": "{name}"}}')]
    assert queries.get_product(made.shop_id, made.product_id).image_url == f"/media/{name}"
    assert queries.list_products(made.shop_id).items[0].image_url == f"/media/{name}"


def test_the_same_picture_is_kept_once_for_a_shop(folder: Path) -> None:
    made, other = offer(), offer()
    twin = offer(made.shop_id)
    raw = encoded(corner(), "PNG")
    names = {
        set_product_image(shop_id=which.shop_id, product_id=which.product_id, raw=raw, **BY)
        for which in (made, twin, other, made)
    }
    assert files(folder).keys() == names
    assert len(names) == 1
    assert rows("SELECT count(*), count(DISTINCT shop_id) FROM catalog_image") == [(2, 2)]


def test_another_picture_takes_the_place_of_the_first(folder: Path) -> None:
    made = offer()
    first, second = (
        set_product_image(shop_id=made.shop_id, product_id=made.product_id, raw=encoded(picture, "PNG"), **BY)
        for picture in (corner(), noise())
    )
    assert row("catalog_product", made.product_id)["image_name"] == second != first
    # The first stays: pages that were sent out still show it, and other products may.
    assert files(folder).keys() == {first, second}


@pytest.mark.parametrize(
    "raw",
    [b"", b"<svg onload='alert(1)'/>", png(20_000, 20_000), encoded(noise(), "PNG")[:5000], encoded(noise(), "GIF")],
)
def test_what_is_no_picture_changes_nothing(folder: Path, raw: bytes) -> None:
    made = offer()
    name = set_product_image(shop_id=made.shop_id, product_id=made.product_id, raw=encoded(corner(), "PNG"), **BY)
    before = files(folder)
    with refused(InvalidImage):
        set_product_image(shop_id=made.shop_id, product_id=made.product_id, raw=raw, **BY)
    assert files(folder) == before
    assert row("catalog_product", made.product_id)["image_name"] == name


def test_a_product_that_is_not_there_leaves_no_file(folder: Path) -> None:
    made = offer()
    for shop_id, product_id in ((made.shop_id, uuid4()), (uuid4(), made.product_id), (made.shop_id, made.sku_id)):
        with refused(ProductUnknown):
            set_product_image(shop_id=shop_id, product_id=product_id, raw=encoded(corner(), "PNG"), **BY)
    assert files(folder) == {}


def test_a_disk_that_takes_no_more_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = offer()

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    before = row("catalog_product", made.product_id)
    with pytest.raises(OSError, match="No space left"):
        set_product_image(shop_id=made.shop_id, product_id=made.product_id, raw=encoded(corner(), "PNG"), **BY)
    assert files(folder) == {}
    assert row("catalog_product", made.product_id) == before
    assert rows("SELECT count(*) FROM catalog_image") == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_the_same_picture_uploaded_many_times_at_once(folder: Path) -> None:
    """For the same product and for others of the shop: every upload succeeds, one whole file, one row."""
    shop_id = uuid4()
    products = [offer(shop_id).product_id for _ in range(4)]
    raw = encoded(noise((900, 900)), "PNG")
    start = Barrier(12)

    def upload(number: int) -> str:
        try:
            start.wait(timeout=30)
            return set_product_image(shop_id=shop_id, product_id=products[number % 4], raw=raw, **BY)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        names = set(pool.map(upload, range(12)))
    [(name, content)] = files(folder).items()
    assert names == {name}
    assert name == hashlib.sha256(content).hexdigest()[:40] + ".webp"
    assert rows("SELECT name, size_bytes FROM catalog_image") == [(name, len(content))]
    assert rows("SELECT DISTINCT image_name FROM catalog_product") == [(name,)]
    assert rows("SELECT count(*) FROM kernel_audit WHERE action = 'image_set'") == [(12,)]
