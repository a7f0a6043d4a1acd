"""Buyers' pictures: what is taken, what is left of it, who can open it, and when it goes."""

import io
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from PIL import Image

from goodfor.aftersales import pictures as limits
from goodfor.aftersales import queries
from goodfor.aftersales.errors import CaseMoved, InvalidPicture, PictureNotFound, TooManyPictures
from goodfor.aftersales.models import Case
from goodfor.aftersales.operations.keep_pictures import keep_pictures
from goodfor.aftersales.operations.purge_pictures import KEPT_FOR, purge_pictures
from goodfor.aftersales.picture_models import Picture
from goodfor.aftersales.pictures import prepared
from goodfor.catalog.tests.pictures import chunks, encoded, exif, noise, png
from goodfor.kernel.pictures import Limits, PictureRefused, rewritten

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SHOP = uuid4()


def case(shop_id: UUID = SHOP, closed_at: datetime | None = None) -> UUID:
    row = Case.objects.create(
        id=uuid4(), shop_id=shop_id, order_id=uuid4(), line_id=uuid4(), sku_id=uuid4(), number="G1", buyer="guest:x",
        reason="invalid", units=1, amount_minor=100, currency="CNY", state="closed" if closed_at else "checking",
        terms={}, opened_at=NOW, answer_by=NOW, decide_by=NOW, closed_at=closed_at,
    )  # fmt: skip
    return row.id


# -- what is taken ------------------------------------------------------------------------------------


def test_nothing_that_came_with_a_picture_survives() -> None:
    raw = encoded(noise((300, 200)), "JPEG", exif=exif(6)) + b"<script>SECRETTAIL</script>"
    [kept] = prepared([raw])
    assert (kept.width, kept.height) == (200, 300), "upright"
    assert b"SECRET" not in kept.content
    assert not {b"EXIF", b"XMP ", b"ICCP"} & set(chunks(kept.content))
    with Image.open(io.BytesIO(kept.content)) as shown:
        assert (shown.format, shown.size, shown.getexif()) == ("WEBP", (200, 300), {})


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_formats_that_are_taken(kind: str) -> None:
    assert prepared([encoded(noise(), kind)])[0].content[8:12] == b"WEBP"


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"x", b"\x00" * 100, b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a",
        encoded(noise(), "GIF"), encoded(noise(), "BMP"), encoded(noise(), "TIFF"), encoded(noise(), "PNG")[:200],
        encoded(noise(), "JPEG")[:50], png(1, 1), png(0, 0), png(60_000, 60_000), png(12_001, 1), png(5000, 5000),
        png(65_535, 65_535, b"\x00" * 1000),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidPicture):
        prepared([raw])


def test_too_many_bytes_are_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "open", lambda *_args, **_kwargs: pytest.fail("it was read"))
    with pytest.raises(InvalidPicture):
        prepared([b"\xff" * (limits.MOST_BYTES + 1)])
    with pytest.raises(TooManyPictures):
        prepared([b"x"] * 4)


def test_a_long_screenshot_keeps_its_shape_and_size_is_bounded() -> None:
    [kept] = prepared([encoded(Image.new("RGB", (1080, 9000), "white"), "PNG")])
    assert kept.width * kept.height <= 2_510_000
    assert abs(kept.height / kept.width - 9000 / 1080) < 0.02
    [small] = prepared([encoded(noise((80, 60)), "PNG")])
    assert (small.width, small.height) == (80, 60), "never made larger"


def test_what_stays_too_large_is_refused() -> None:
    tight = Limits(10**7, 4000, 10**7, 4000, 10**7, kept_bytes=50, qualities=(80, 10))
    with pytest.raises(PictureRefused):
        rewritten(encoded(noise((200, 200)), "PNG"), tight)


# -- kept, opened, gone -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_picture_opens_only_in_its_place() -> None:
    mine, other = case(), case()
    [picture] = prepared([encoded(noise(), "PNG")])
    keep_pictures(shop_id=SHOP, case_id=mine, pictures=[picture], now=NOW)
    [view] = queries.pictures_of(SHOP, mine)
    assert (view.position, view.width, view.height, view.at) == (1, 120, 80, NOW)
    assert queries.picture_content(SHOP, mine, view.id) == picture.content
    row = Picture.objects.get(shop_id=SHOP, id=view.id)
    assert bytes(row.blob) != picture.content
    assert picture.content[:64] not in bytes(row.blob)
    for shop_id, case_id, picture_id in ((SHOP, other, view.id), (uuid4(), mine, view.id), (SHOP, mine, uuid4())):
        with pytest.raises(PictureNotFound):
            queries.picture_content(shop_id, case_id, picture_id)


@pytest.mark.django_db
def test_three_and_no_more() -> None:
    mine = case()
    two = prepared([encoded(noise(), "PNG")] * 2)
    keep_pictures(shop_id=SHOP, case_id=mine, pictures=two, now=NOW)
    with pytest.raises(TooManyPictures):
        keep_pictures(shop_id=SHOP, case_id=mine, pictures=two, now=NOW)
    keep_pictures(shop_id=SHOP, case_id=mine, pictures=two[:1], now=NOW)
    keep_pictures(shop_id=SHOP, case_id=mine, pictures=[], now=NOW)
    assert [view.position for view in queries.pictures_of(SHOP, mine)] == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_three_at_most() -> None:
    mine = case()
    two = prepared([encoded(noise(), "PNG")] * 2)
    start, ends = threading.Barrier(6), []

    def add() -> None:
        start.wait()
        try:
            with transaction.atomic():
                keep_pictures(shop_id=SHOP, case_id=mine, pictures=two, now=NOW)
            ends.append("kept")
        except (CaseMoved, TooManyPictures) as error:
            ends.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends.count("kept") == 1
    assert len(ends) == 6
    assert Picture.objects.filter(shop_id=SHOP, case_id=mine).count() == 2


@pytest.mark.django_db
def test_gone_half_a_year_after_the_case_was_closed() -> None:
    picture = prepared([encoded(noise(), "PNG")])
    old, young, live = case(closed_at=NOW), case(closed_at=NOW + timedelta(seconds=2)), case()
    for case_id in (old, young, live):
        keep_pictures(shop_id=SHOP, case_id=case_id, pictures=picture, now=NOW)
    assert purge_pictures(now=NOW + KEPT_FOR) == 0
    assert purge_pictures(now=NOW + KEPT_FOR + timedelta(seconds=1)) == 1
    assert [len(queries.pictures_of(SHOP, case_id)) for case_id in (old, young, live)] == [0, 1, 1]
