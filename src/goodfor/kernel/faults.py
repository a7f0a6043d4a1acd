"""What went wrong, in words that may be kept and shown: never what the error was about."""

import os
import traceback

from goodfor.kernel.errors import DomainError

_HOUSE = f"{os.sep}goodfor{os.sep}"


def brief(error: BaseException) -> str:
    """The kind of error, a refusal's code and the last place in our own code: `ValueError, vault/tasks.py:31`.

    An error's own text is left out: it may quote a row, an address with a key in it, or a code.
    """
    parts = [type(error).__name__]
    if isinstance(error, DomainError):
        parts.append(error.code)
    places = [
        f"{frame.f_code.co_filename.rpartition(_HOUSE)[2]}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if _HOUSE in frame.f_code.co_filename
    ]
    return ", ".join([*parts, *places[-1:]])[:200]
