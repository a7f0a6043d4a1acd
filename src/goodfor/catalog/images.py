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


def normalised(raw: bytes) -> tuple[str, bytes, int, int]:
    """Return (file name by SHA-256, WebP bytes without metadata, width, height). Raises InvalidImage."""
    if not 0 < len(raw) <= MAX_BYTES:
        raise InvalidImage
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
                if max(image.size) > MAX_SIDE or min(image.size) < 1:
                    raise InvalidImage
                picture = image.convert("RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB")
    except InvalidImage:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        raise InvalidImage from None
    picture.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=82)
    content = out.getvalue()
    return f"{hashlib.sha256(content).hexdigest()[:40]}.webp", content, picture.width, picture.height
