"""Pictures of the demo's goods: the colour of an invented brand and one plain figure, readable as small as a stub."""

import io
from collections.abc import Callable
from functools import cache
from math import cos, pi, sin

from PIL import Image, ImageDraw

#: Pixels of a side; drawn at twice that, so that edges are smooth.
SIDE = 480
CREAM, AMBER = "#fbf6ea", "#e3a83b"
Pen = ImageDraw.ImageDraw
Point = tuple[float, float]


@cache
def drawing(slug: str) -> bytes:
    """PNG bytes of a demo product's picture, the same each time. Raises KeyError for another product."""
    colour, shade, figure = _FIGURES[slug]
    image, pen = _canvas((SIDE, SIDE), colour)
    # A broad band from corner to corner is what all of them have in common.
    side = SIDE * 2
    pen.polygon([(0, side), (0, side * 0.62), (side * 0.62, 0), (side, 0)], fill=shade)
    figure(pen, shade)
    return _png(image, (SIDE, SIDE))


@cache
def banner() -> bytes:
    """PNG bytes of the picture beside the first page's promise: a ticket that lies on others."""
    ground = "#0f5b41"
    image, pen = _canvas((SIDE, SIDE), ground)
    for n, colour in enumerate(("#176f51", "#218662", AMBER)):
        left, top = 130 + n * 60, 170 + n * 130
        pen.rounded_rectangle((left, top, left + 620, top + 330), 44, fill=colour, outline=ground, width=10)
        for y in (top, top + 330):
            _disc(pen, left + 200, y, 44, ground)
        for y in range(top + 74, top + 270, 48):
            pen.line((left + 200, y, left + 200, y + 24), fill=ground, width=9)
    pen.line([(540, 600), (600, 660), (730, 520)], fill=CREAM, width=44, joint="curve")
    return _png(image, (SIDE, SIDE))


def _canvas(size: tuple[int, int], colour: str) -> tuple[Image.Image, Pen]:
    image = Image.new("RGB", (size[0] * 2, size[1] * 2), colour)
    return image, ImageDraw.Draw(image)


def _png(image: Image.Image, size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    image.resize(size, Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _disc(pen: Pen, x: float, y: float, radius: float, fill: str) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def _star(pen: Pen, x: float, y: float, radius: float, fill: str) -> None:
    points: list[Point] = []
    for n in range(8):
        reach = radius if n % 2 == 0 else radius * 0.32
        points.append((x + reach * cos(n * pi / 4), y + reach * sin(n * pi / 4)))
    pen.polygon(points, fill=fill)


def _film(pen: Pen, shade: str) -> None:
    _disc(pen, 480, 480, 290, CREAM)
    pen.polygon([(405, 335), (405, 625), (650, 480)], fill=shade)
    _star(pen, 800, 200, 80, AMBER)
    _star(pen, 170, 760, 50, CREAM)


def _coins(pen: Pen, shade: str) -> None:
    for n in range(3):
        top = 640 - n * 130
        pen.rounded_rectangle((230, top - 50, 730, top + 50), 50, fill=CREAM)
        pen.rounded_rectangle((300, top - 14, 660, top + 14), 14, fill=shade)
    _star(pen, 480, 220, 120, AMBER)


def _pin(pen: Pen, shade: str) -> None:
    pen.polygon([(268, 480), (692, 480), (480, 830)], fill=CREAM)
    _disc(pen, 480, 390, 230, CREAM)
    _disc(pen, 480, 390, 105, shade)
    for x in (170, 300, 660, 790):
        pen.rounded_rectangle((x - 40, 850, x + 40, 874), 12, fill=AMBER)


def _book(pen: Pen, shade: str) -> None:
    pen.polygon([(480, 330), (190, 250), (190, 660), (480, 740)], fill=CREAM)
    pen.polygon([(480, 330), (770, 250), (770, 660), (480, 740)], fill="#efe5cf")
    pen.line((480, 330, 480, 740), fill=shade, width=14)
    for y in (370, 450, 530):
        pen.line((250, y - 16, 420, y + 30), fill=shade, width=14)
    pen.polygon([(630, 240), (710, 218), (710, 430), (670, 395), (630, 450)], fill=AMBER)


def _sound(pen: Pen, shade: str) -> None:
    _disc(pen, 480, 480, 310, CREAM)
    for x, height in ((320, 110), (400, 220), (480, 330), (560, 200), (640, 130)):
        pen.rounded_rectangle((x - 24, 480 - height / 2, x + 24, 480 + height / 2), 24, fill=shade)
    _disc(pen, 800, 190, 46, AMBER)


def _cup(pen: Pen, shade: str) -> None:
    pen.ellipse((600, 430, 790, 640), fill=CREAM)
    pen.ellipse((640, 475, 750, 595), fill=shade)
    pen.rounded_rectangle((220, 390, 660, 740), 90, fill=CREAM)
    pen.rectangle((220, 390, 660, 480), fill=CREAM)
    for x in (330, 440, 550):
        pen.rounded_rectangle((x - 18, 210, x + 18, 330), 18, fill=AMBER)
    pen.rounded_rectangle((180, 780, 700, 816), 18, fill=CREAM)


def _cloud(pen: Pen, shade: str) -> None:
    _disc(pen, 330, 560, 150, CREAM)
    _disc(pen, 500, 440, 200, CREAM)
    _disc(pen, 680, 570, 140, CREAM)
    pen.rectangle((330, 540, 680, 710), fill=CREAM)
    pen.polygon([(490, 410), (370, 550), (450, 550), (450, 660), (530, 660), (530, 550), (610, 550)], fill=shade)
    _star(pen, 800, 230, 70, AMBER)


def _basket(pen: Pen, shade: str) -> None:
    pen.arc((290, 180, 670, 640), 180, 360, fill=CREAM, width=40)
    pen.polygon([(180, 430), (780, 430), (690, 790), (270, 790)], fill=CREAM)
    for x in (360, 480, 600):
        pen.rounded_rectangle((x - 20, 500, x + 20, 720), 20, fill=shade)
    _disc(pen, 480, 330, 74, AMBER)


#: By the product's slug: the ground, the band, what is drawn.
_FIGURES: dict[str, tuple[str, str, Callable[[Pen, str], None]]] = {
    "xinghe-video": ("#2b2f6b", "#3a3f86", _film),
    "kuwan-coin": ("#9c3f27", "#b4513a", _coins),
    "shunyu-ride": ("#0f6068", "#1a747d", _pin),
    "moyuan-book": ("#1f4630", "#2d5a40", _book),
    "shenggu-music": ("#5f2850", "#743a64", _sound),
    "banshan-coffee": ("#5b3a24", "#714c33", _cup),
    "yunxia-drive": ("#234a80", "#325d97", _cloud),
    "linli-market": ("#47691f", "#587d2c", _basket),
}
