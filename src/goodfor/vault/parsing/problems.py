"""Stable names of what can be wrong with a file or a line. Pure; the texts for people are in `vault.wording`."""

# The whole file is refused.
EMPTY_FILE = "empty_file"
FILE_TOO_LARGE = "file_too_large"
UNSUPPORTED_TYPE = "unsupported_type"
BROKEN_XLSX = "broken_xlsx"
ZIP_BOMB = "zip_bomb"
BINARY_FILE = "binary_file"
ENCODING_UNKNOWN = "encoding_unknown"
NO_CODES = "no_codes"
COLUMNS_UNCLEAR = "columns_unclear"
DIGITS_LOST = "digits_lost"
TOO_MANY_LOTS = "too_many_lots"
FILE_CHANGED = "file_changed"

FILE_PROBLEMS = (
    EMPTY_FILE,
    FILE_TOO_LARGE,
    UNSUPPORTED_TYPE,
    BROKEN_XLSX,
    ZIP_BOMB,
    BINARY_FILE,
    ENCODING_UNKNOWN,
    NO_CODES,
    COLUMNS_UNCLEAR,
    DIGITS_LOST,
    TOO_MANY_LOTS,
    FILE_CHANGED,
)

# One line is refused.
TOO_FEW_COLUMNS = "too_few_columns"
TOO_MANY_COLUMNS = "too_many_columns"
MISSING_SECRET = "missing_secret"  # noqa: S105
MISSING_NUMBER = "missing_number"
TOO_LONG = "too_long"
NUL_BYTE = "nul_byte"
CONTROL_CHARACTER = "control_character"
BAD_ENCODING = "bad_encoding"
BAD_QUOTES = "bad_quotes"
SCIENTIFIC_NOTATION = "scientific_notation"
NUMBER_CELL_TOO_LONG = "number_cell_too_long"
FRACTIONAL_NUMBER = "fractional_number"
NOT_TEXT = "not_text"
BAD_EXPIRY = "bad_expiry"
ALREADY_EXPIRED = "already_expired"
BAD_COST = "bad_cost"
DUPLICATE_IN_FILE = "duplicate_in_file"
DUPLICATE_HELD = "duplicate_held"

LINE_PROBLEMS = (
    TOO_FEW_COLUMNS,
    TOO_MANY_COLUMNS,
    MISSING_SECRET,
    MISSING_NUMBER,
    TOO_LONG,
    NUL_BYTE,
    CONTROL_CHARACTER,
    BAD_ENCODING,
    BAD_QUOTES,
    SCIENTIFIC_NOTATION,
    NUMBER_CELL_TOO_LONG,
    FRACTIONAL_NUMBER,
    NOT_TEXT,
    BAD_EXPIRY,
    ALREADY_EXPIRED,
    BAD_COST,
    DUPLICATE_IN_FILE,
    DUPLICATE_HELD,
)


class FileProblem(Exception):
    """A file that cannot be read as codes. `code` is one of FILE_PROBLEMS; `data` never holds what is in the file."""

    def __init__(self, code: str, **data: str | int) -> None:
        self.code = code
        self.data = data
        super().__init__(code)
