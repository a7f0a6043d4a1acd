"""The picture that a shared link shows: the product as a ticket, 1200 by 630, drawn once for what it says."""

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from PIL import Image, ImageDraw, ImageFont

from goodfor.catalog.types import ProductView
from goodfor.kernel.ids import uuid7
from goodfor.kit.writing import face_parts

SIZE = (1200, 630)
PAPER, CARD, INK, SOFT, LINE = "#fbfaf6", "#ffffff", "#16201c", "#55615b", "#c3c1b4"
GREEN, GREEN_SOFT, GREEN_INK = "#0f5b41", "#e6f0e9", "#0c4c36"
#: A change of the drawing makes new pictures.
LAYOUT = 1
#: Where systems keep a font with Chinese characters, and which face of the file is the simplified one.
_CJK = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Bold.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/System/Library/Fonts/PingFang.ttc", 0),
    ("/System/Library/Fonts/STHeiti Medium.ttc", 0),
    ("C:/Windows/Fonts/msyhbd.ttc", 0),
)
_LATIN = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Words:
    """What the picture says; its name is made of nothing else."""

    shop: str
    product: str
    face: str

    @property
    def name(self) -> str:
        """By content, by layout and by the font that is there."""
        font = _font_file()
        said = "\n".join((str(LAYOUT), font[0] if font else "", self.shop, self.product, self.face))
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def words_of(shop_name: str, product: ProductView) -> Words:
    """The first face value on sale stands for the product."""
    labels = [sku.face_value_label or sku.name for sku in product.skus if sku.on_sale]
    return Words(shop_name, product.name, labels[0] if labels else product.name)


def picture_address(shop_name: str, product: ProductView) -> str:
    """The picture's path, with its content in the query, so that a changed product is fetched anew."""
    address = reverse("storefront:share_picture", args=[product.slug])
    return f"{address}?v={quote(words_of(shop_name, product).name[:12])}"


def picture(words: Words) -> bytes:
    """PNG bytes, from the data folder when it was drawn before."""
    folder = Path(settings.MEDIA_ROOT) / "share"
    kept = folder / f"{words.name}.png"
    try:
        return kept.read_bytes()
    except FileNotFoundError:
        content = draw(words)
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{words.name}.{uuid7()}"
    try:
        temporary.write_bytes(content)
        temporary.replace(kept)
    finally:
        temporary.unlink(missing_ok=True)
    return content


def draw(words: Words) -> bytes:
    """The ticket. Without a font for Chinese only what Latin letters and digits say is left, never empty boxes."""
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    left, top, right, bottom, stub = 70, 110, 1130, 460, 440
    pen.rounded_rectangle((left, top, right, bottom), 28, fill=CARD, outline=LINE, width=3)
    pen.rounded_rectangle((left + 2, top + 2, stub, bottom - 2), 26, fill=GREEN_SOFT)
    pen.rectangle((stub - 30, top + 3, stub, bottom - 3), fill=GREEN_SOFT)
    for y in range(top + 40, bottom - 30, 26):
        pen.line((stub, y, stub, y + 13), fill=LINE, width=4)
    for y in (top, bottom):
        pen.ellipse((stub - 24, y - 24, stub + 24, y + 24), fill=PAPER, outline=LINE, width=3)
    pen.rectangle((stub - 30, top - 30, stub + 30, top - 2), fill=PAPER)
    pen.rectangle((stub - 30, bottom + 2, stub + 30, bottom + 30), fill=PAPER)
    _face(pen, words.face, ((left + stub) // 2, (top + bottom) // 2), stub - left - 60)
    _lines(pen, words.product, (stub + 54, top + 54), right - stub - 100)
    _mark(pen, (100, 545), 34)
    pen.text((160, 545), _said(words.shop)[:24] or "Goodfor", font=_font(44), fill=INK, anchor="lm")
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _mark(pen: ImageDraw.ImageDraw, at: tuple[int, int], radius: int) -> None:
    """The token with its notch."""
    x, y = at
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=GREEN)
    notch = radius * 0.3
    pen.ellipse((x - notch, y - radius - notch, x + notch, y - radius + notch * 1.6), fill=PAPER)
    tick = [
        (x - radius * 0.38, y + radius * 0.1),
        (x - radius * 0.1, y + radius * 0.36),
        (x + radius * 0.4, y - radius * 0.2),
    ]
    pen.line(tick, fill=PAPER, width=6, joint="curve")


def _face(pen: ImageDraw.ImageDraw, label: str, centre: tuple[int, int], width: int) -> None:
    parts = face_parts(label)
    number = _said(parts["number"] or parts["words"]) or "GOOD FOR"
    unit = _said(f"{parts['before']} {parts['after']}".strip())
    x, y = centre
    pen.text((x, y - (26 if unit else 0)), number, font=_fitting(number, width, 150), fill=GREEN_INK, anchor="mm")
    if unit:
        pen.text((x, y + 84), unit, font=_fitting(unit, width, 48), fill=GREEN_INK, anchor="mm")


def _lines(pen: ImageDraw.ImageDraw, text: str, at: tuple[int, int], width: int) -> None:
    """At most three lines, broken where they must be."""
    font, lines, line = _font(58), [], ""
    for sign in _said(text):
        if pen.textlength(line + sign, font=font) > width:
            lines.append(line)
            line = ""
        line += sign
    lines.append(line)
    for number, line in enumerate(lines[:3]):
        shown = line[:-1] + "…" if number == 2 and len(lines) > 3 else line
        pen.text((at[0], at[1] + 78 * number), shown.strip(), font=font, fill=INK)


def _said(text: str) -> str:
    """What the font can draw: everything, or without a Chinese one only what ASCII has."""
    text = " ".join(text.split())
    return text if _font_file() else " ".join("".join(sign for sign in text if sign.isascii()).split())


def _fitting(text: str, width: int, size: int) -> Font:
    while size > 28 and _font(size).getlength(text) > width:
        size -= 6
    return _font(size)


@cache
def _font_file() -> tuple[str, int] | None:
    return next(((path, face) for path, face in _CJK if Path(path).exists()), None)


@cache
def _font(size: int) -> Font:
    found = _font_file()
    if found:
        return ImageFont.truetype(found[0], size, index=found[1])
    return ImageFont.truetype(_LATIN, size) if Path(_LATIN).exists() else ImageFont.load_default(size)
