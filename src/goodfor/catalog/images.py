"""Pictures are judged by their content and written anew, so nothing that came with the upload survives."""

import hashlib
import io
import warnings

from PIL import Image, UnidentifiedImageError

from goodfor.catalog.errors import InvalidImage

MAX_BYTES = 4 * 1024 * 1024
MAX_SIDE = 4000
SHOWN_SIDE = 960
FORMATS = ("PNG", "JPEG", "WEBP")
_ORIENTATION = 0x0112
#: How to turn a picture upright, by its EXIF orientation, which does not survive.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def normalised(raw: bytes) -> tuple[str, bytes, int, int]:
    """Return (file name by SHA-256, WebP bytes without metadata, width, height). Raises InvalidImage.

    Of an animation only the first frame stays.
    """
    if not 0 < len(raw) <= MAX_BYTES:
        raise InvalidImage
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
                if max(image.size) > MAX_SIDE or min(image.size) < 1:
                    raise InvalidImage
                picture = _pixels(image)
                turn = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
    except InvalidImage:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        raise InvalidImage from None
    picture.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    if turn is not None:
        picture = picture.transpose(turn)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=82)
    content = out.getvalue()
    return f"{hashlib.sha256(content).hexdigest()[:40]}.webp", content, picture.width, picture.height


def _pixels(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # 16 bits of grey: converting would cut them off at 255 instead of scaling them.
        return image.point(lambda value: value / 256).convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")
