"""Pictures are what their bytes are, not what they are called; nothing that came with them survives."""

import hashlib
import io
import random
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from goodfor.catalog.errors import InvalidImage
from goodfor.catalog.images import MAX_BYTES, MAX_SIDE, SHOWN_SIDE, normalised
from goodfor.catalog.tests.pictures import chunks, corner, encoded, exif, noise, png

SCRIPT = b"<html><script>alert(document.cookie)</script></html>"
SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>'
)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content), formats=("WEBP",))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_a_webp_named_by_its_content(kind: str) -> None:
    raw = encoded(noise(), kind)
    name, content, width, height = normalised(raw)
    assert name == hashlib.sha256(content).hexdigest()[:40] + ".webp"
    assert (width, height) == opened(content).size == (120, 80)
    assert chunks(content) == [b"VP8 "]
    assert normalised(raw)[:2] == (name, content)


@pytest.mark.parametrize(
    ("size", "shown"),
    [((1, 1), (1, 1)), ((960, 960), (960, 960)), ((1920, 960), (960, 480)), ((MAX_SIDE, 1), (960, 1)),
     ((1, MAX_SIDE), (1, 960)), ((MAX_SIDE, MAX_SIDE), (960, 960))],
)  # fmt: skip
def test_big_ones_are_made_smaller_and_keep_their_shape(size: tuple[int, int], shown: tuple[int, int]) -> None:
    _, content, width, height = normalised(encoded(Image.new("RGB", size, "red"), "PNG"))
    assert (width, height) == opened(content).size == shown
    assert max(shown) <= SHOWN_SIDE


@pytest.mark.parametrize(("mode", "kind"), [("1", "PNG"), ("L", "PNG"), ("L", "JPEG"), ("P", "PNG"), ("CMYK", "JPEG")])
def test_pictures_of_every_kind_of_pixel(mode: str, kind: str) -> None:
    _, content, width, height = normalised(encoded(corner().convert(mode), kind))
    image = opened(content).convert("RGB")
    assert (width, height) == (120, 80)
    assert max(image.getpixel((10, 10))) < 40
    assert min(image.getpixel((110, 70))) > 215


def test_sixteen_bits_of_grey_stay_grey() -> None:
    image = Image.new("I;16", (32, 8))
    for x in range(32):
        for y in range(8):
            image.putpixel((x, y), x // 8 * 0x4000)
    grey = opened(normalised(encoded(image, "PNG"))[1]).convert("L")
    for level in range(4):
        assert abs(grey.getpixel((level * 8 + 4, 4)) - level * 64) < 12


@pytest.mark.parametrize(
    ("image", "options"),
    [
        (Image.new("RGBA", (20, 20), (200, 0, 0, 0)), {}),
        (Image.new("LA", (20, 20), (200, 0)), {}),
        (Image.new("RGB", (20, 20), (200, 0, 0)), {"transparency": (200, 0, 0)}),
        (Image.new("L", (20, 20), 200), {"transparency": 200}),
        (Image.new("P", (20, 20), 0), {"transparency": 0}),
    ],
)
def test_what_is_transparent_stays_transparent(image: Image.Image, options: dict[str, Any]) -> None:
    shown = opened(normalised(encoded(image, "PNG", **options))[1])
    assert shown.mode == "RGBA"
    assert shown.getpixel((10, 10))[3] == 0


# Where the black quarter lies once the picture is upright: for each EXIF orientation, (left, upper).
@pytest.mark.parametrize(
    ("orientation", "left", "upper"),
    [(1, True, True), (2, False, True), (3, False, False), (4, True, False), (5, True, True), (6, False, True),
     (7, False, False), (8, True, False), (0, True, True), (9, True, True)],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_taken_sideways_stands_upright(kind: str, orientation: int, left: bool, upper: bool) -> None:
    _, content, width, height = normalised(encoded(corner(), kind, exif=exif(orientation)))
    assert (width, height) == opened(content).size == ((80, 120) if orientation in (5, 6, 7, 8) else (120, 80))
    image = opened(content).convert("L")
    for at_left in (True, False):
        for at_top in (True, False):
            pixel = image.getpixel(
                (width // 4 if at_left else width * 3 // 4, height // 4 if at_top else height * 3 // 4)
            )
            assert (pixel < 40) == ((at_left, at_top) == (left, upper))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_and_with_what_it_was_taken_does_not_survive(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more: dict[str, Any] = {"icc_profile": profile}
    if kind == "PNG":
        more["pnginfo"] = words = PngInfo()
        words.add_text("Comment", "SECRETWORDS")
        words.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>SECRETWORDS</x:xmpmeta>")
    else:
        more["xmp"] = b"<x:xmpmeta>SECRETWORDS</x:xmpmeta>"
    if kind == "JPEG":
        more["comment"] = b"SECRETWORDS"
    raw = encoded(noise(), kind, exif=exif(), **more)
    assert b"SECRETPHONE" in raw
    assert b"SECRETWORDS" in raw
    assert Image.open(io.BytesIO(raw)).getexif().get_ifd(0x8825)
    content = normalised(raw)[1]
    assert chunks(content) == [b"VP8 "]
    assert b"SECRET" not in content
    assert dict(opened(content).getexif()) == {}
    assert {"exif", "xmp", "icc_profile", "comment"}.isdisjoint(opened(content).info)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "MPO"])
def test_of_an_animation_the_first_frame_stays(kind: str) -> None:
    frames = [Image.new("RGB", (40, 40), color) for color in ("red", "lime", "blue")]
    options: dict[str, Any] = {} if kind == "MPO" else {"duration": 40}
    raw = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    content = normalised(raw)[1]
    assert getattr(opened(content), "n_frames", 1) == 1
    assert chunks(content) == [b"VP8 "]
    red, green, blue = opened(content).convert("RGB").getpixel((20, 20))
    assert (red > 200, green < 60, blue < 60) == (True, True, True)


HTML_FIRST = SCRIPT + encoded(noise(), "PNG")
GIF = encoded(noise(), "GIF")
FOREIGN = {
    "nothing": b"",
    "one byte": b"\x89",
    "text": "不是图片".encode(),
    "html": b"<!doctype html>" + SCRIPT,
    "svg": SVG,
    "svg with a byte order mark": b"\xef\xbb\xbf" + SVG,
    "html before a png": HTML_FIRST,
    "gif": GIF,
    "gif that is a script": b"GIF89a/*" + GIF[8:] + b"*/=1;alert(1)",
    "animated gif": encoded(noise(), "GIF", save_all=True, append_images=[noise()]),
    "bmp": encoded(noise(), "BMP"),
    "tiff": encoded(noise(), "TIFF"),
    "ico": encoded(noise((32, 32)), "ICO"),
    "avif": encoded(noise(), "AVIF"),
    "jpeg 2000": encoded(noise(), "JPEG2000"),
    "ppm": encoded(noise(), "PPM"),
    "tga": encoded(noise(), "TGA"),
    "pdf": encoded(noise(), "PDF"),
    "postscript": encoded(noise(), "EPS"),
    "zip": b"PK\x03\x04" + bytes(200),
    "program": b"MZ" + bytes(200),
    "signature of a png alone": b"\x89PNG\r\n\x1a\n",
    "signature of a jpeg alone": b"\xff\xd8\xff\xe0",
    "signature of a webp alone": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "webp that is sound": b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes(28),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_anything_else_is_refused(what: str) -> None:
    with pytest.raises(InvalidImage) as caught:
        normalised(FOREIGN[what])
    assert (caught.value.code, caught.value.http_status, caught.value.data) == ("invalid_image", 422, {})
    # Nothing of the upload is told back, not even through the chain of causes.
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_of_a_picture_that_is_also_something_else_only_the_picture_stays(kind: str) -> None:
    zipped = b"PK\x03\x04" + SCRIPT
    clean = normalised(encoded(corner(), kind))
    for tail in (SCRIPT, SVG, zipped, b"<?php system($_GET[0]); ?>", encoded(noise(), "GIF")):
        assert normalised(encoded(corner(), kind) + tail) == clean


def test_a_script_in_the_words_of_a_picture_does_not_stay() -> None:
    words = PngInfo()
    words.add_text("Title", SCRIPT.decode())
    for raw in (
        encoded(corner(), "PNG", pnginfo=words),
        encoded(corner(), "JPEG", comment=SCRIPT),
        encoded(corner(), "WEBP", xmp=SCRIPT),
    ):
        assert SCRIPT in raw
        assert b"script" not in normalised(raw)[1]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_half_a_picture_is_refused(kind: str) -> None:
    raw = encoded(noise(), kind)
    # A PNG without its last chunk still has all its pixels: the last 40 bytes are left out of it.
    for cut in [*range(0, len(raw) - 40, 97), len(raw) - 41]:
        with pytest.raises(InvalidImage):
            normalised(raw[:cut])


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damage_is_refused_or_harmless() -> None:
    """Whatever a byte is changed to, the answer is a picture or a refusal."""
    chance = random.Random(20260101)
    made = [
        encoded(noise((60, 40)), "PNG", exif=exif(6)),
        encoded(noise((60, 40)), "JPEG", exif=exif(6)),
        encoded(noise((60, 40)), "JPEG", progressive=True),
        encoded(noise((60, 40)), "WEBP", exif=exif(6)),
        encoded(noise((60, 40), "RGBA"), "WEBP", lossless=True),
        encoded(noise((60, 40)).quantize(16), "PNG"),
        encoded(noise((60, 40)), "WEBP", save_all=True, append_images=[noise((60, 40))]),
    ]
    refusals = 0
    for raw in made:
        for _ in range(150):
            damaged = bytearray(raw)
            for _ in range(chance.choice((1, 1, 4))):
                damaged[chance.randrange(chance.choice((64, 400, len(raw))) % len(raw) or len(raw))] = chance.randrange(
                    256
                )
            try:
                _, content, width, height = normalised(bytes(damaged))
            except InvalidImage:
                refusals += 1
            else:
                assert opened(content).size == (width, height)
    assert 0 < refusals < 150 * len(made)


@pytest.mark.parametrize(
    ("width", "height"),
    [(65_535, 65_535), (20_000, 20_000), (10_000, 10_000), (2**31 - 1, 1), (1, 2**31 - 1), (2**31 - 1, 2**31 - 1),
     (MAX_SIDE + 1, 1), (1, MAX_SIDE + 1), (0, 10), (10, 0)],
)  # fmt: skip
def test_a_picture_that_says_it_is_huge_is_refused_unopened(width: int, height: int) -> None:
    with pytest.raises(InvalidImage):
        normalised(png(width, height))


def test_a_bomb_is_refused_before_it_grows() -> None:
    # 25 million pixels, all there, that are 75 KB on the wire: below the limit where Pillow itself would speak up.
    raw = png(5000, 5000, bytes(5000 * (1 + 3 * 5000)))
    assert len(raw) < MAX_BYTES
    with pytest.raises(InvalidImage):
        normalised(raw)


@pytest.mark.parametrize("place", ["zTXt", "iCCP"])
def test_a_bomb_in_the_words_of_a_picture_is_refused(place: str) -> None:
    packed = b"Comment\x00\x00" + zlib.compress(bytes(100 * 1024 * 1024))
    raw = png(2, 2, bytes(2 * 7), (place.encode(), packed))
    assert len(raw) < MAX_BYTES
    with pytest.raises(InvalidImage):
        normalised(raw)


def test_the_size_on_the_wire_has_a_limit() -> None:
    small = encoded(corner(), "PNG")
    assert normalised(small + bytes(MAX_BYTES - len(small)))[2:] == (120, 80)
    with pytest.raises(InvalidImage):
        normalised(small + bytes(MAX_BYTES - len(small) + 1))
