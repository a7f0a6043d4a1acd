"""What was understood of a file: encoding, separator, columns. Pure."""

from dataclasses import asdict, dataclass
from typing import Any

NUMBER = "number"
SECRET = "secret"  # noqa: S105
EXPIRY = "expiry"
COST = "cost"
IGNORED = "-"
ROLES = (NUMBER, SECRET, EXPIRY, COST, IGNORED)

TEXT = "text"
SHEET = "sheet"
#: Between the cells of a spreadsheet row on its way to the parser.
CELL = "\x1f"
#: A cell that cannot be a code arrives as SPOILED problem SPOILED value: the value may still be a date or a cost.
SPOILED = "\x02"


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read the lines of a file.

    `separator` is "" for one code a line, " " for any run of blanks, else the text between two columns.
    `columns` are roles from left to right. `skip_lines` counts the lines before the first code: titles and header.
    `labelled` lines carry their column names ("卡号:... 密码:...").
    """

    kind: str
    encoding: str
    newline: str
    separator: str
    columns: tuple[str, ...]
    skip_lines: int = 0
    bom_bytes: int = 0
    labelled: bool = False
    header: tuple[str, ...] = ()

    @property
    def chunk_encoding(self) -> str:
        """The encoding of the chunks handed to the parser: sheets and UTF-16 files are recoded on the way."""
        return "utf-8" if self.kind == SHEET or self.encoding.startswith("utf-16") else self.encoding

    def as_json(self) -> dict[str, Any]:
        """For the batch row."""
        return {**asdict(self), "columns": list(self.columns), "header": list(self.header)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Layout":
        """Back from the batch row."""
        return cls(**{**data, "columns": tuple(data["columns"]), "header": tuple(data["header"])})


def spoil(problem: str, value: str) -> str:
    """Mark a cell."""
    return f"{SPOILED}{problem}{SPOILED}{value}"


def unspoil(cell: str) -> str:
    """The value in a cell, marked or not."""
    return cell.rpartition(SPOILED)[2] if cell.startswith(SPOILED) else cell
