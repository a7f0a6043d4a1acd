"""How codes from outside are read, for the rooms above: one way of cleaning and naming, whoever sent them.

Without a table: what `vault.parsing` does to a field of a file, and the rows of a spreadsheet.
"""

from goodfor.vault.importing.rows import LOST, sheet_rows
from goodfor.vault.parsing.encoding import detect, kind_of
from goodfor.vault.parsing.fields import clean, fault_of, parse_expiry
from goodfor.vault.parsing.layout import EXPIRY, IGNORED, NUMBER, SECRET
from goodfor.vault.parsing.names import role_of
from goodfor.vault.parsing.problems import FileProblem
from goodfor.vault.parsing.sheets import guard_file

__all__ = [
    "EXPIRY", "IGNORED", "LOST", "NUMBER", "SECRET", "FileProblem", "clean", "detect", "fault_of", "guard_file",
    "kind_of", "parse_expiry", "role_of", "sheet_rows",
]  # fmt: skip
