"""Draw the mark as PNG icons for home screens (192 and 512 px, inside the safe zone of a mask)."""

from pathlib import Path

from PIL import Image, ImageDraw

TARGET = Path(__file__).resolve().parents[1] / "src" / "goodfor" / "storefront" / "static" / "storefront"
PAPER, GREEN = "#fbfaf6", "#0f5b41"
#: The mark stands in a square of 32 (cotton/mark.html); a mask may cut a tenth at each side.
SQUARE, MARGIN = 32, 0.1
OVERSAMPLE = 8


def render(size: int) -> Image.Image:
    """The token with its notch and tick."""
    side = size * OVERSAMPLE
    scale, edge = side / SQUARE * (1 - 2 * MARGIN), side * MARGIN

    def at(x: float, y: float) -> tuple[float, float]:
        return edge + x * scale, edge + y * scale

    image = Image.new("RGB", (side, side), PAPER)
    pen = ImageDraw.Draw(image)
    pen.ellipse((*at(1.5, 1.5), *at(30.5, 30.5)), fill=GREEN)
    pen.rectangle((*at(12, 0), *at(20, 5.5)), fill=PAPER)
    pen.pieslice((*at(12, 1.5), *at(20, 9.5)), 0, 180, fill=PAPER)
    tick, width = [at(10.4, 17.2), at(14.4, 21.2), at(21.6, 13.2)], int(2.6 * scale)
    pen.line(tick, fill=PAPER, width=width, joint="curve")
    for x, y in (tick[0], tick[2]):
        pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=PAPER)
    return image.resize((size, size), Image.Resampling.LANCZOS).quantize(32)


if __name__ == "__main__":
    for size in (192, 512):
        render(size).save(TARGET / f"icon-{size}.png", optimize=True)
