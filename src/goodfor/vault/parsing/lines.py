"""Lines to records, fast where they are plain and careful where they are not. Pure."""

import csv
import re
from dataclasses import dataclass, field
from datetime import datetime

from goodfor.vault.parsing import problems
from goodfor.vault.parsing.fields import MAX_LENGTH, clean, fault_of, parse_cost, parse_expiry
from goodfor.vault.parsing.layout import COST, EXPIRY, NUMBER, SECRET, SHEET, SPOILED, Layout, unspoil
from goodfor.vault.parsing.sniff import LABELLED, split

#: (line number, number, secret, expiry or None, cost in minor units or None)
Record = tuple[int, str, str, datetime | None, int | None]
# Anything that makes a chunk not plain: quotes, controls, characters beyond ASCII, scientific notation.
_UNUSUAL = re.compile(r'[^\x20-\x7e\r\n\t]|"|[0-9][eE]\+[0-9]|[0-9]\.[0-9]+[eE][0-9]')


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
    texts = _decode(data, layout)
    parsed.lines = len(texts)
    skip = max(0, layout.skip_lines - first_line + 1)
    plain = data.isascii() and not _UNUSUAL.search(data.decode("ascii"))
    if plain and layout.columns == (SECRET,) and not layout.separator and not layout.labelled:
        _plain_single(texts, first_line, skip, parsed)
    elif plain and layout.columns in ((NUMBER, SECRET), (SECRET, NUMBER)) and len(layout.separator) == 1:
        _plain_pairs(texts, first_line, skip, layout, parsed)
    else:
        careful = _Careful(layout, rules, parsed)
        for line_no, text in enumerate(texts[skip:], first_line + skip):
            careful.line(line_no, text)
    return parsed


def _decode(data: bytes, layout: Layout) -> list[str | None]:
    """Lines as text; None where the bytes are not in the file's encoding."""
    end = layout.newline.encode()
    try:
        texts: list[str | None] = [*data.decode(layout.chunk_encoding).split(layout.newline)]
    except UnicodeDecodeError:
        texts = []
        for raw in data.split(end):
            try:
                texts.append(raw.decode(layout.chunk_encoding))
            except UnicodeDecodeError:
                texts.append(None)
    if texts and texts[-1] == "":
        texts.pop()
    return texts


def _plain_single(texts: list[str | None], first_line: int, skip: int, parsed: Parsed) -> None:
    add = parsed.records.append
    for line_no, text in enumerate(texts[skip:], first_line + skip):
        assert text is not None
        secret = text.strip()
        if not secret:
            continue
        if len(secret) > MAX_LENGTH or "\t" in secret or "\r" in secret:
            parsed.faults.append((line_no, fault_of(secret) or problems.CONTROL_CHARACTER))
            continue
        add((line_no, "", secret, None, None))


def _plain_pairs(texts: list[str | None], first_line: int, skip: int, layout: Layout, parsed: Parsed) -> None:
    add, separator, swapped = parsed.records.append, layout.separator, layout.columns[0] == SECRET
    careful = _Careful(layout, None, parsed)
    blank = separator == " "
    for line_no, text in enumerate(texts[skip:], first_line + skip):
        assert text is not None
        fields = text.split() if blank else text.split(separator)
        if len(fields) == 2:
            number, secret = fields[0].strip(), fields[1].strip()
            if number and secret and len(text) <= MAX_LENGTH and "\t" not in number and "\r" not in number:
                add((line_no, secret, number, None, None) if swapped else (line_no, number, secret, None, None))
                continue
        careful.line(line_no, text)


class _Careful:
    """Takes nothing for granted about a line."""

    def __init__(self, layout: Layout, rules: Rules | None, parsed: Parsed) -> None:
        self._layout, self._rules, self._parsed = layout, rules, parsed
        self._place = {role: index for index, role in enumerate(layout.columns)}
        self._expiries: dict[str, datetime | None] = {}

    def line(self, line_no: int, text: str | None) -> None:
        """Add a record or a fault for one line; nothing for an empty one."""
        if text is None:
            self._parsed.faults.append((line_no, problems.BAD_ENCODING))
            return
        try:
            record = self._record(line_no, text)
        except _Refused as refused:
            self._parsed.faults.append((line_no, refused.code))
            return
        if record is not None:
            self._parsed.records.append(record)

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
        return line_no, number, secret, self._expiry(fields), self._cost(fields)

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
            raise _Refused(value[1:].partition(SPOILED)[0])
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
        if expiry is not None and self._rules is not None and expiry <= self._rules.now:
            raise _Refused(problems.ALREADY_EXPIRED)
        return expiry

    def _cost(self, fields: list[str]) -> int | None:
        place = self._place.get(COST)
        if place is None or place >= len(fields) or self._rules is None:
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
