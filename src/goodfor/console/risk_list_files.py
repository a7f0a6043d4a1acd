"""Files of lists as people hand them in: CSV or XLSX, in any usual encoding, with heads and types in words.

What comes out is the one form that `risk` reads. Lines keep their numbers, so that what is wrong can be told by them.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from django.utils import translation

from goodfor.risk.errors import InvalidEntry
from goodfor.risk.wording_rules import TYPES
from goodfor.vault.reading import FileProblem, detect, kind_of, sheet_rows

#: How columns are called, whatever the language of the file; without a type, reason... those of the form are taken.
_HEADS: Final[Mapping[str, str]] = {
    "type": "type", "类型": "type", "对象类型": "type", "kind": "type",
    "value": "value", "值": "value", "对象": "value", "内容": "value",
    "key": "key", "标识": "key", "label": "label", "显示": "label",
    "reason": "reason", "原因": "reason", "理由": "reason", "备注": "reason",
    "owner": "owner", "负责人": "owner",
    "expires_at": "expires_at", "expires": "expires_at", "到期": "expires_at", "到期时间": "expires_at",
    "有效期": "expires_at", "有效期至": "expires_at",
}  # fmt: skip
_COLUMNS: Final = ("type", "value", "key", "label", "reason", "owner", "expires_at")
_SEPARATORS: Final = (",", "\t", ";", "，", "|")
_HEAD: Final = 64 * 1024


def text_of(path: Path, filename: str, given: Mapping[str, str]) -> tuple[str, int]:
    """The file as CSV that `import_entries` reads, and how many lines later a line stands there than in the file.

    `given` fills what lines do not say. Raises InvalidEntry(field).
    """
    try:
        rows = list(_rows(path, filename))
    except (FileProblem, csv.Error):
        raise InvalidEntry(field="file") from None
    if not rows:
        raise InvalidEntry(field="file")
    heads, bare = _heads(rows)
    out, types = io.StringIO(), _types()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in rows if bare else rows[1:]:
        cells = {head: _plain(cell) for head, cell in zip(heads, row, strict=False) if head}
        if not any(cells.values()):
            # An empty line keeps the numbers of those behind it.
            out.write("\n")
            continue
        filled = {name: cells.get(name) or given.get(name, "") for name in _COLUMNS}
        word = unicodedata.normalize("NFKC", filled["type"]).strip().lower()
        filled["type"] = types.get(word, word)
        writer.writerow([filled[name] for name in _COLUMNS])
    return out.getvalue(), int(bare)


def _heads(rows: list[list[str]]) -> tuple[list[str], bool]:
    """What each column is, and whether there is no line of heads: one column of values and nothing else."""
    heads = [_HEADS.get(_plain(cell).lower(), "") for cell in rows[0]]
    named = [head for head in heads if head]
    if len(set(named)) != len(named):
        raise InvalidEntry(field="columns")
    if {"value", "key"} & set(named):
        return heads, False
    if named or max(len(row) for row in rows) > 1:
        raise InvalidEntry(field="columns")
    return ["value"], True


def _plain(cell: str) -> str:
    """On one line, without what nobody sees at its ends."""
    return " ".join(cell.replace("\ufeff", "").split("\n")).replace("\r", " ").strip(" \t\u00a0\u3000\u200b")


def _types() -> dict[str, str]:
    """What types are called, in both languages, and by their own names."""
    found = {str(kind): str(kind) for kind in TYPES}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found |= {str(words).lower(): str(kind) for kind, words in TYPES.items()}
    return found


def _rows(path: Path, filename: str) -> Iterator[list[str]]:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if kind_of(Path(filename).suffix, head) == "sheet":
        yield from sheet_rows(path)
        return
    data = path.read_bytes()
    encoding, mark = detect(head, whole_is_utf8=_decodes(data, "utf-8"), whole_is_gb18030=_decodes(data, "gb18030"))
    text = data[mark:].decode(encoding, "replace")
    if "\0" in text:
        raise InvalidEntry(field="file")
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=False)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _separator(text: str) -> str:
    first: Any = text.lstrip("\ufeff").split("\n", 1)[0]
    return max(_SEPARATORS, key=first.count) if any(sign in first for sign in _SEPARATORS) else ","
