"""Lines to records, fast where they are plain and careful where they are not. Pure."""

import csv
import re
from dataclasses import dataclass, field
from datetime import datetime

from goodfor.vault.parsing import problems
from goodfor.vault.parsing.fields import MAX_LENGTH, clean, fault_of, parse_cost, parse_expiry
from goodfor.vault.parsing.layout import COST, EXPIRY, NUMBER, SECRET, SHEET, SPOILED, Layout, unspoil
from goodfor.vault.parsing.sniff import LABELLED, split

#: (line number, number, secret, expiry or None, cost in minor units or None); texts in UTF-8.
Record = tuple[int, bytes, bytes, datetime | None, int | None]
# A chunk of only these bytes has no quotes, controls or anything beyond ASCII. Much faster than a pattern.
_PLAIN = bytes([9, 10, 13, 31, *range(0x20, 0x7F)]).replace(b'"', b"")
_SCIENTIFIC = re.compile(rb"[0-9][eE]\+[0-9]|[0-9]\.[0-9]+[eE][0-9]")


@dataclass(frozen=True, slots=True)
class Rules:
    """What else decides about a line: the moment of the import and the decimals of the currency."""

    now: datetime
    exponent: int = 2


@dataclass(slots=True)
class Parsed:
    """Records and problems of one chunk; `lines` counts all its lines, empty ones too."""

    lines: int = 0
    records: list[Record] = field(default_factory=list, repr=False)
    faults: list[tuple[int, str]] = field(default_factory=list)


def parse(data: bytes, first_line: int, layout: Layout, rules: Rules) -> Parsed:
    """Parse whole lines. `first_line` is the number (from 1) of the first of them; headers are skipped by number."""
    parsed = Parsed()
    skip = max(0, layout.skip_lines - first_line + 1)
    careful = _Careful(layout, rules, parsed)
    if _is_plain(data, layout):
        raws = data.split(b"\n")
        if not raws[-1]:
            raws.pop()
        parsed.lines = len(raws)
        _plain(raws[skip:], first_line + skip, layout, careful)
        return parsed
    texts = _decode(data, layout)
    parsed.lines = len(texts)
    for line_no, text in enumerate(texts[skip:], first_line + skip):
        careful.line(line_no, text)
    return parsed


def _is_plain(data: bytes, layout: Layout) -> bool:
    """Only printable ASCII, one or two columns and nothing that needs a second look: nearly every big file."""
    columns, separator = layout.columns, layout.separator
    shaped = (columns == (SECRET,) and not separator) or (
        columns in ((NUMBER, SECRET), (SECRET, NUMBER))
        and (separator == "----" or (len(separator) == 1 and separator.isascii()))
    )
    return (
        shaped
        and not layout.labelled
        and layout.newline == "\n"
        and (separator == "\t" or b"\t" not in data)
        and (layout.kind == SHEET or b"\x1f" not in data)
        and not data.translate(None, _PLAIN)
        and data.count(b"\r") == data.count(b"\r\n")
        and not (any(mark in data for mark in (b"e+", b"E+", b".")) and _SCIENTIFIC.search(data))
    )


def _plain(raws: list[bytes], first_line: int, layout: Layout, careful: "_Careful") -> None:
    add = careful.parsed.records.append
    if layout.columns == (SECRET,):
        for line_no, raw in enumerate(raws, first_line):
            secret = raw.strip()
            if secret and len(secret) <= MAX_LENGTH:
                add((line_no, b"", secret, None, None))
            elif secret:
                careful.line(line_no, raw.decode("ascii"))
        return
    swapped = layout.columns[0] == SECRET
    separator = None if layout.separator == " " else layout.separator.encode()
    for line_no, raw in enumerate(raws, first_line):
        fields = raw.split(separator)
        if len(fields) == 2:
            number, secret = fields
            number, secret = number.strip(), secret.strip()
            if number and secret and len(raw) <= MAX_LENGTH and number[-1] != 45 and secret[0] != 45:
                add((line_no, secret, number, None, None) if swapped else (line_no, number, secret, None, None))
                continue
        careful.line(line_no, raw.decode("ascii"))


def _decode(data: bytes, layout: Layout) -> list[str | None]:
    """Lines as text; None where the bytes are not in the file's encoding."""
    try:
        texts: list[str | None] = [*data.decode(layout.chunk_encoding).split(layout.newline)]
    except UnicodeDecodeError:
        texts = []
        for raw in data.split(layout.newline.encode()):
            try:
                texts.append(raw.decode(layout.chunk_encoding))
            except UnicodeDecodeError:
                texts.append(None)
    if texts and texts[-1] == "":
        texts.pop()
    return texts


class _Careful:
    """Takes nothing for granted about a line."""

    def __init__(self, layout: Layout, rules: Rules, parsed: Parsed) -> None:
        self._layout, self._rules, self.parsed = layout, rules, parsed
        self._place = {role: index for index, role in enumerate(layout.columns)}
        self._expiries: dict[str, datetime | None] = {}

    def line(self, line_no: int, text: str | None) -> None:
        """Add a record or a fault for one line; nothing for an empty one."""
        if text is None:
            self.parsed.faults.append((line_no, problems.BAD_ENCODING))
            return
        try:
            record = self._record(line_no, text)
        except _Refused as refused:
            self.parsed.faults.append((line_no, refused.code))
            return
        if record is not None:
            self.parsed.records.append(record)

    def _record(self, line_no: int, text: str) -> Record | None:
        fields = self._fields(text)
        if not any(fields):
            return None
        if len(fields) > len(self._layout.columns):
            raise _Refused(problems.TOO_MANY_COLUMNS)
        if len(fields) <= self._place[SECRET] or len(fields) <= self._place.get(NUMBER, -1):
            raise _Refused(problems.TOO_FEW_COLUMNS)
        secret = self._sold(fields[self._place[SECRET]], problems.MISSING_SECRET)
        number = self._sold(fields[self._place[NUMBER]], problems.MISSING_NUMBER) if NUMBER in self._place else ""
        return line_no, number.encode(), secret.encode(), self._expiry(fields), self._cost(fields)

    def _fields(self, text: str) -> list[str]:
        layout = self._layout
        if layout.labelled:
            whole = clean(text)
            match = LABELLED.fullmatch(whole)
            if match is None:
                if whole:
                    raise _Refused(problems.TOO_FEW_COLUMNS)
                return []
            return [match[2], match[4]]
        try:
            fields = [clean(value) for value in split(text, layout.separator)]
        except csv.Error:
            raise _Refused(problems.BAD_QUOTES) from None
        while len(fields) > len(layout.columns) and not fields[-1]:
            fields.pop()
        return fields

    def _sold(self, value: str, missing: str) -> str:
        if not value:
            raise _Refused(missing)
        if value.startswith(SPOILED) and self._layout.kind == SHEET:
            told = value[1:].partition(SPOILED)[0]
            # A cell may hold the mark itself; then it is one character of those that no code has.
            raise _Refused(told if told in problems.LINE_PROBLEMS else problems.CONTROL_CHARACTER)
        if fault := fault_of(value):
            raise _Refused(fault)
        return value

    def _expiry(self, fields: list[str]) -> datetime | None:
        place = self._place.get(EXPIRY)
        text = unspoil(fields[place]) if place is not None and place < len(fields) else ""
        if not text:
            return None
        if text not in self._expiries:
            try:
                self._expiries[text] = parse_expiry(text)
            except ValueError:
                raise _Refused(problems.BAD_EXPIRY) from None
        expiry = self._expiries[text]
        if expiry is not None and expiry <= self._rules.now:
            raise _Refused(problems.ALREADY_EXPIRED)
        return expiry

    def _cost(self, fields: list[str]) -> int | None:
        place = self._place.get(COST)
        if place is None or place >= len(fields):
            return None
        try:
            return parse_cost(unspoil(fields[place]), self._rules.exponent)
        except ValueError:
            raise _Refused(problems.BAD_COST) from None


class _Refused(Exception):
    """A line that gives no code, by problem code."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)
