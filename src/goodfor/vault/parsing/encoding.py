"""Which encoding a text file is in, and whether it is text at all. Pure."""

import codecs

from goodfor.vault.parsing.problems import BINARY_FILE, EMPTY_FILE, ENCODING_UNKNOWN, UNSUPPORTED_TYPE, FileProblem

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ZIP_MAGIC = b"PK\x03\x04"
_MAGICS = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # the old binary Excel
    ZIP_MAGIC,
    b"PK\x05\x06",
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"MZ",
    b"\x7fELF",
    b"SQLite format 3\x00",
    b"BZh",
    b"\xfd7zXZ",
)
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x1a\x1b")
#: More control bytes than this share of the beginning, and it is no text file with a few spoiled lines.
BINARY_SHARE = 0.02
#: So many lines of the beginning may be broken before nothing is believed.
MISFIT_SHARE = 0.05
TEXT_SUFFIXES = frozenset({".txt", ".csv", ".tsv", ".text", ".log", ".dat", ""})
SHEET_SUFFIXES = frozenset({".xlsx", ".xlsm"})


#: What a person may say that a file is in.
CHOICES = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")


def detect(head: bytes, *, whole_is_utf8: bool, whole_is_gb18030: bool, told: str | None = None) -> tuple[str, int]:
    """(codec name, bytes of the byte order mark) for a file with this beginning.

    `told` is one of CHOICES and believed; lines that do not fit it are refused one by one.
    `whole_is_*`: whether all of the file decodes so, where the caller knows. Where neither holds, the encoding that
    most lines of the beginning fit is taken, and the others are refused one by one.
    Raises FileProblem: empty_file, binary_file, encoding_unknown.
    """
    if not head:
        raise FileProblem(EMPTY_FILE)
    for bom, name in _BOMS:
        if head.startswith(bom) and told in (None, name):
            return name, len(bom)
    if head.startswith(_MAGICS):
        raise FileProblem(BINARY_FILE)
    if told in CHOICES and told.startswith("utf-16"):
        return told, 0
    controls = sum(1 for byte in head if byte < 32 and byte not in _TEXT_CONTROLS)
    if controls > max(8, len(head) * BINARY_SHARE):
        raise FileProblem(BINARY_FILE)
    if told in CHOICES:
        return told, 0
    if whole_is_utf8:
        return "utf-8", 0
    if whole_is_gb18030:
        return "gb18030", 0
    lines = head.split(b"\n")
    misfits = {name: sum(1 for line in lines[:-1] or lines if not _fits(line, name)) for name in ("utf-8", "gb18030")}
    name = min(misfits, key=misfits.__getitem__)
    if misfits[name] > len(lines) * MISFIT_SHARE:
        raise FileProblem(ENCODING_UNKNOWN)
    return name, 0


def _fits(line: bytes, name: str) -> bool:
    try:
        line.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def kind_of(suffix: str, head: bytes) -> str:
    """ "sheet" or "text" by name and first bytes. Raises FileProblem(unsupported_type) for other kinds of file."""
    suffix = suffix.lower()
    if suffix in SHEET_SUFFIXES:
        return "sheet"
    if suffix in TEXT_SUFFIXES:
        return "text"
    raise FileProblem(UNSUPPORTED_TYPE, suffix=suffix[:16], magic="zip" if head.startswith(ZIP_MAGIC) else "")
