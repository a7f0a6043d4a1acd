"""Codes that machines read: QR by segno, Code 128 by its table (ISO/IEC 15417, sets B and C)."""

import io

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

#: Widths of bars and gaps, value 0 to 105; then the stop.
_PATTERNS = (  # noqa: SIM905
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
).split()
_STOP = "2331112"
_START_B, _START_C, _TO_C, _TO_B = 104, 105, 99, 100
_QUIET = 10
#: Beyond this no phone screen shows it so that a scanner reads it.
LONGEST = 40


def qr(text: str, label: str, scale: int = 5) -> SafeString:
    """A QR code, error correction M, as inline SVG without styles."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=scale, border=3, xmldecl=False, svgns=False, dark="#000", light="#fff", omitsize=True
    )
    drawing = out.getvalue().decode().strip().removeprefix("<svg")
    # segno escapes nothing of `text` into the drawing: it holds only coordinates.
    return format_html('<svg class="qr-code" role="img" aria-label="{}"{}', label, SafeString(_unstyled(drawing)))


def _unstyled(drawing: str) -> str:
    return drawing.replace(' class="segno"', "").replace(' class="qrline"', "")


def code128_values(text: str) -> list[int]:
    """The symbol values of ASCII text: start, data, check; digits in pairs (set C) where four or more stand together.

    Raises ValueError for text that is empty, longer than LONGEST, or not printable ASCII.
    """
    if not text or len(text) > LONGEST or not all(32 <= ord(ch) <= 126 for ch in text):
        raise ValueError("Code 128 holds 1 to 40 printable ASCII characters")
    values: list[int] = []
    at, in_c = 0, False
    while at < len(text):
        run = 0
        while at + run < len(text) and text[at + run].isdigit():
            run += 1
        if run >= 4 or (in_c and run >= 2):
            # An odd digit goes to set B first, so that pairs remain.
            if run % 2 and not in_c:
                values += ([] if values else [_START_B]) + [ord(text[at]) - 32]
                at, run = at + 1, run - 1
            if not in_c:
                values.append(_TO_C if values else _START_C)
                in_c = True
            pairs = run // 2
            values += [int(text[at + 2 * i : at + 2 * i + 2]) for i in range(pairs)]
            at += 2 * pairs
            continue
        if in_c or not values:
            values.append(_TO_B if values else _START_B)
            in_c = False
        values.append(ord(text[at]) - 32)
        at += 1
    check = (values[0] + sum(i * value for i, value in enumerate(values))) % 103
    return [*values, check]


def code128(text: str, label: str) -> SafeString:
    """A Code 128 bar code as inline SVG; empty for text that it cannot hold."""
    try:
        values = code128_values(text)
    except ValueError:
        return SafeString("")
    widths = "".join([*(_PATTERNS[value] for value in values), _STOP])
    at, bars = _QUIET, []
    for index, width in enumerate(widths):
        if index % 2 == 0:
            bars.append(f"M{at} 0h{width}v40h-{width}z")
        at += int(width)
    whole = at + _QUIET
    return format_html(
        '<svg class="bar-code" role="img" aria-label="{}" viewBox="0 -4 {} 48" preserveAspectRatio="none">'
        '<path fill="#fff" d="M0 -4h{}v48H0z"/><path fill="#000" d="{}"/></svg>',
        label,
        whole,
        whole,
        "".join(bars),
    )
