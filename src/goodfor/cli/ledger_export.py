"""`goodfor ledger export`: the books of some days in a file."""

import json as jsonlib
import os
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args

from rich.console import Console

from goodfor.cli.errors import CliError
from goodfor.cli.wording import refusal
from goodfor.identity.queries import shop_by_code
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import EXPONENTS
from goodfor.ledger.exports import FORMATS, ExportOptions, read_accounts, write_export
from goodfor.ledger.exports.types import Encoding

REFUSED, WRONG_OPTION = 1, 2
#: What U8 itself reads.
OF_ITS_OWN: dict[str, Encoding] = {"yonyou": "gbk"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line says."""

    form: str
    first_day: date
    last_day: date
    encoding: str | None = None
    currency: str | None = None
    accounts: Path | None = None


def run_export(*, file: Path, shop: str | None, json: bool, wish: Wish) -> int:
    """Write the file, whole or not at all; returns the exit code: 0, or 1 refused, 2 unknown shop.

    Raises CliError for an option that makes no sense and for a file that cannot be written.
    """
    if wish.form not in FORMATS:
        known = ", ".join(FORMATS)
        raise CliError(f"没有格式 {wish.form}", f"no such format; choose from: {known}", exit_code=WRONG_OPTION)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        owner = shop_by_code(shop)
    except DomainError as error:
        sys.stderr.write(refusal(error) + "\n")
        return WRONG_OPTION
    try:
        options = _options(wish, owner.currency)
        with draft.open("wb") as out, Console(stderr=True).status("导出 / exporting"):
            count = write_export(
                shop_id=owner.id, form=wish.form, first_day=wish.first_day, last_day=wish.last_day, file=out,
                options=options,
            )  # fmt: skip
        draft.replace(file)
    except DomainError as error:
        sys.stderr.write(refusal(error) + "\n")
        return REFUSED
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise CliError(f"不能写入 {file}：{said}", f"cannot write {file}: {said}") from error
    finally:
        draft.unlink(missing_ok=True)
    if json:
        told = {"ok": True, "file": str(file), "format": wish.form, "rows": count}
        sys.stdout.write(jsonlib.dumps(told, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"{file}：{count:,} 行 / rows\n")
    return 0


def _options(wish: Wish, currency: str) -> ExportOptions:
    encoding = next((one for one in get_args(Encoding) if one == (wish.encoding or "").lower()), None)
    if wish.encoding and encoding is None:
        raise CliError("--encoding 是 utf-8 或 gbk", "--encoding is utf-8 or gbk", exit_code=WRONG_OPTION)
    chosen = (wish.currency or currency).upper()
    if chosen not in EXPONENTS:
        raise CliError("--currency 是 CNY 等", "--currency is CNY or the like", exit_code=WRONG_OPTION)
    return ExportOptions(
        encoding=encoding or OF_ITS_OWN.get(wish.form, "utf-8"),
        currency=chosen,
        accounts=read_accounts(wish.accounts) if wish.accounts else {},
    )
