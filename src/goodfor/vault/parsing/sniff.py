"""Understand a file from its first lines: separator, header, columns. Pure.

Nothing is guessed that could swap a number and a secret: where columns have no names and are not obvious, the file is
refused (`columns_unclear`) and the person says what they are.
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence

from goodfor.vault.parsing.fields import clean, parse_expiry
from goodfor.vault.parsing.layout import (
    CELL,
    COST,
    EXPIRY,
    IGNORED,
    NUMBER,
    ROLES,
    SECRET,
    SHEET,
    TEXT,
    Layout,
    unspoil,
)
from goodfor.vault.parsing.names import role_of
from goodfor.vault.parsing.problems import COLUMNS_UNCLEAR, DIGITS_LOST, NO_CODES, FileProblem

#: In the order in which they are believed.
SEPARATORS = ("\t", "----", ",", "，", "|", ";", "；", "：", ":", " ")
#: Titles above the header of an export.
HEADER_WITHIN = 10
CONSISTENT = 0.9
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{16,30}(?![0-9A-Za-z])")
_DASHES = re.compile(r"-{4,}")
_LABEL = r"([^\s:：,，;；|]{1,12})\s*[:：]\s*"
LABELLED = re.compile(rf"{_LABEL}(\S+?)[\s,，;；|]+{_LABEL}(\S+)")


def split(line: str, separator: str) -> list[str]:
    """Fields of a line; with a comma, tab or semicolon, quoted fields may hold the separator. Raises csv.Error."""
    if not separator:
        return [line]
    if separator == " ":
        return line.split()
    if separator == "----":
        return _DASHES.split(line)
    if '"' in line and separator in ",\t;":
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    return line.split(separator)


def understand(
    lines: Sequence[str],
    *,
    kind: str,
    encoding: str,
    newline: str,
    bom_bytes: int = 0,
    separator: str | None = None,
    columns: Sequence[str] | None = None,
    skip_lines: int | None = None,
) -> Layout:
    """The layout of a file whose first lines (decoded, without line ends) are given.

    `separator`, `columns` and `skip_lines` (titles and header) are what a person said, and are believed.
    Raises FileProblem: no_codes, columns_unclear, digits_lost.
    """
    filled = [(number, text) for number, line in enumerate(lines, 1) if (text := clean(line.replace(CELL, " ")))]
    if not filled:
        raise FileProblem(NO_CODES)
    _refuse_rounded([text for _, text in filled])
    raw = [(number, lines[number - 1]) for number, _ in filled]
    if kind == SHEET:
        separator = CELL
    labelled = separator is None and columns is None and _is_labelled(raw)
    if labelled:
        return _labelled(raw, encoding, newline, bom_bytes)
    if separator is None:
        separator = _find_separator(raw)
    rows = [(number, _fields(line, separator)) for number, line in raw]
    header_line, header = (skip_lines, ()) if skip_lines is not None else _find_header(rows)
    body = [fields for number, fields in rows if number > header_line]
    if not body:
        raise FileProblem(NO_CODES)
    roles = tuple(columns) if columns else _roles(header, body)
    _check_roles(roles)
    return Layout(
        kind=kind,
        encoding=encoding,
        newline=newline,
        separator=separator,
        columns=roles,
        skip_lines=header_line,
        bom_bytes=bom_bytes,
        header=tuple(header),
    )


def _fields(line: str, separator: str) -> list[str]:
    try:
        fields = [unspoil(clean(field)) for field in split(line, separator)]
    except csv.Error:
        fields = [clean(line)]
    while len(fields) > 1 and not fields[-1]:
        fields.pop()
    return fields


def _is_labelled(raw: Sequence[tuple[int, str]]) -> bool:
    hits = 0
    for _, line in raw:
        match = LABELLED.fullmatch(clean(line))
        if match and {role_of(match[1]), role_of(match[3])} == {NUMBER, SECRET}:
            hits += 1
    return hits >= CONSISTENT * len(raw)


def _labelled(raw: Sequence[tuple[int, str]], encoding: str, newline: str, bom_bytes: int) -> Layout:
    match = next(m for _, line in raw if (m := LABELLED.fullmatch(clean(line))))
    roles = (role_of(match[1]) or IGNORED, role_of(match[3]) or IGNORED)
    return Layout(TEXT, encoding, newline, "", roles, 0, bom_bytes, True, (match[1], match[3]))


def _find_separator(raw: Sequence[tuple[int, str]]) -> str:
    for _, line in raw[:HEADER_WITHIN]:
        if role_of(clean(line)) is not None:
            return ""
        for separator in SEPARATORS:
            fields = _fields(line, separator)
            roles = [role_of(field) for field in fields]
            if len(fields) > 1 and all(roles) and {NUMBER, SECRET} & set(roles):
                return separator
    # A title above the data must not decide: look at the lines after the first few where there are enough.
    sample = [line for _, line in (raw[5:] if len(raw) > 20 else raw)]
    for separator in SEPARATORS:
        if separator in ":：" and any("://" in line for line in sample):
            continue
        widths = Counter(len(_fields(line, separator)) for line in sample)
        width, hits = widths.most_common(1)[0]
        if width < 2 or hits < CONSISTENT * len(sample) or (separator in " :：" and width != 2):
            continue
        return separator
    for separator in SEPARATORS[:-1]:
        if sum(1 for line in sample if line.rstrip().endswith(separator)) >= CONSISTENT * len(sample):
            return separator
    return ""


def _find_header(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[int, Sequence[str]]:
    for number, fields in rows[:HEADER_WITHIN]:
        roles = [role_of(field) for field in fields]
        known = [role for role in roles if role]
        if {NUMBER, SECRET} & set(known) and len(known) * 2 >= len([field for field in fields if field]):
            return number, fields
    return 0, ()


def _roles(header: Sequence[str], body: Sequence[Sequence[str]]) -> tuple[str, ...]:
    if header:
        return _from_names([role_of(name) or IGNORED for name in header])
    width = Counter(len(fields) for fields in body).most_common(1)[0][0]
    roles = [_role_by_content([row[i] for row in body if i < len(row)]) for i in range(width)]
    plain = [i for i, role in enumerate(roles) if not role]
    if len(plain) == 1:
        roles[plain[0]] = SECRET
    elif len(plain) == 2 and roles.count(EXPIRY) <= 1:
        roles[plain[0]], roles[plain[1]] = NUMBER, SECRET
    else:
        raise FileProblem(COLUMNS_UNCLEAR, columns=width)
    return tuple(roles)


def _from_names(roles: list[str]) -> tuple[str, ...]:
    if SECRET not in roles and roles.count(NUMBER) == 1:
        # Only a "number": then that is what is sold.
        roles[roles.index(NUMBER)] = SECRET
    if roles.count(SECRET) == 2 and NUMBER not in roles:
        # "兑换码,密码": the first names the code, the second opens it.
        roles[roles.index(SECRET)] = NUMBER
    return tuple(roles)


def _role_by_content(values: Sequence[str]) -> str:
    if not any(values):
        return IGNORED
    return EXPIRY if _looks_dated(values) else ""


def _looks_dated(values: Sequence[str]) -> bool:
    hits = 0
    for value in values:
        try:
            hits += parse_expiry(value) is not None
        except ValueError:
            continue
    return bool(values) and hits >= CONSISTENT * len(values)


def _check_roles(roles: Sequence[str]) -> None:
    counts = Counter(roles)
    once = all(counts[role] <= 1 for role in (NUMBER, SECRET, EXPIRY, COST))
    if counts[SECRET] != 1 or not once or set(roles) - set(ROLES):
        raise FileProblem(COLUMNS_UNCLEAR, columns=len(roles))


def _refuse_rounded(lines: Sequence[str]) -> None:
    """A spreadsheet keeps 15 digits: when most longer numbers end in zeros from the 16th on, it has eaten the rest.

    With 16 digits a zero at the end is common, so only longer numbers tell.
    """
    long = [number for line in lines for number in _LONG_NUMBER.findall(line) if len(number) >= 17]
    rounded = sum(1 for number in long if not number[15:].strip("0"))
    if len(long) >= 5 and rounded * 2 > len(long):
        raise FileProblem(DIGITS_LOST)
