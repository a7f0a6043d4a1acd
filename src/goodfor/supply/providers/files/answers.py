"""The sheet that comes back: codes, results and remarks by our number. Pure."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from goodfor.supply.hygiene import compared, fault_in, tidied
from goodfor.supply.providers.files.columns import Columns, Profile, understand
from goodfor.supply.providers.files.problems import CellProblem
from goodfor.supply.providers.files.table import Row, read_rows
from goodfor.supply.providers.values import Code
from goodfor.vault.reading import parse_expiry

Result = Literal["", "done", "failed"]
_NUMBER: Final = re.compile(r"[Nn]?([0-9]{18})")
_FAILED: Final = ("失败", "已失败", "无货", "缺货", "已退款", "fail", "failed", "failure")
_DONE: Final = ("成功", "完成", "已完成", "已充值", "已发货", "ok", "success", "done")
#: Only under a heading that asks whether it failed.
_YES: Final = ("是", "yes", "y", "true", "1", "x", "×", "√")
_NO: Final = ("否", "no", "n", "false", "0")


@dataclass(slots=True)
class Answer:
    """What the sheet says of one order. `done` without codes: a top-up. `rows`: where."""

    number: str
    rows: list[int] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list, repr=False)
    result: Result = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """All that is answered; orders whose rows were left empty are not here. An order with a problem is not either."""

    answers: tuple[Answer, ...]
    problems: tuple[CellProblem, ...]


def read_answers(data: bytes, name: str, profile: Profile | None = None) -> Answers:
    """Read a file. `name` tells its type. Raises FileRefused."""
    columns, rows = understand(read_rows(data, name), "answers", profile or Profile())
    found: dict[str, Answer] = {}
    seen: set[str] = set()
    spoiled: set[str] = set()
    for row in rows:
        before = len(columns.problems)
        number = _row(columns, row, found, seen)
        if len(columns.problems) > before:
            spoiled.add(number)
    for answer in found.values():
        if answer.result == "failed" and answer.codes:
            columns.problems.append(CellProblem(answer.rows[0], columns.title.get("result", ""), "failed_with_codes"))
            spoiled.add(answer.number)
    kept = [one for one in found.values() if one.number not in spoiled and (one.codes or one.result)]
    return Answers(tuple(kept), tuple(columns.problems))


def _row(columns: Columns, row: Row, found: dict[str, Answer], seen: set[str]) -> str:
    """Add what the row says; returns our number, empty without a good one."""
    written, codes = columns.get(row, "number"), _codes(columns, row)
    result, remark = _result(columns, row), columns.get(row, "remark")
    match = _NUMBER.fullmatch(written)
    if match is None:
        if written or codes or result:
            columns.wrong(row, "number", "bad_number" if written else "no_number")
        return ""
    answer = found.setdefault(match[1], Answer(match[1]))
    answer.rows.append(row.at)
    for code in codes:
        if fault := fault_in(code):
            columns.wrong(row, "link" if fault == "bad_link" else "secret", fault)
        elif compared(code) in seen:
            columns.wrong(row, "secret", "doubled_code")
        seen.add(compared(code))
    answer.codes += codes
    # Failed wins: a unit that failed is no success, and with codes beside it somebody looks.
    answer.result = "failed" if "failed" in (answer.result, result) else answer.result or result
    answer.remark = "；".join(filter(None, dict.fromkeys([answer.remark, remark])))[:2000]
    return match[1]


def _result(columns: Columns, row: Row) -> Result:
    word, title = columns.get(row, "result").lower(), columns.title.get("result", "").lower()
    asks = "失败" in title or "fail" in title
    if word in _FAILED or (asks and word in _YES):
        return "failed"
    if word in _DONE:
        return "done"
    # That it did not fail says nothing of what was done.
    if word and not (asks and word in _NO):
        columns.wrong(row, "result", "unknown_word")
    return ""


def _codes(columns: Columns, row: Row) -> list[Code]:
    """One, or as many as there are lines in the cells."""
    cards, secrets = columns.get(row, "card").splitlines(), columns.get(row, "secret").splitlines()
    links, verify = columns.get(row, "link").splitlines(), columns.get(row, "verify")
    parts = [part for part in (cards, secrets, links) if part]
    if not parts:
        return []
    if len({len(part) for part in parts}) > 1:
        columns.wrong(row, "card" if cards else "secret", "parts_differ")
        return []
    if cards and not secrets and not links:
        columns.wrong(row, "card", "number_without_secret")
        return []
    expires = _expires(columns, row)
    made = [
        tidied(
            Code(
                number=cards[at] if cards else "", secret=secrets[at] if secrets else "",
                link=links[at] if links else "", verify_code=verify, expires_at=expires,
            )
        )
        for at in range(len(parts[0]))
    ]  # fmt: skip
    return made


def _expires(columns: Columns, row: Row) -> datetime | None:
    try:
        return parse_expiry(columns.get(row, "expires"))
    except ValueError:
        columns.wrong(row, "expires", "bad_date")
        return None
