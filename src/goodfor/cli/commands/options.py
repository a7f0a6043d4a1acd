"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from goodfor.cli.errors import CliError

DataOption = Annotated[
    Path | None, typer.Option("--data", help="数据目录（默认 var/data）/ data folder", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]
PairsOption = Annotated[
    list[str] | None, typer.Option("-o", "--option", metavar="KEY=VALUE", help="传给测试的参数 / option of the bench")
]

# For commands that hand their arguments to another program as they are.
PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True}


def pairs(given: list[str] | None) -> dict[str, str | int | float]:
    """Turn `KEY=VALUE` texts into keyword arguments; numbers become numbers. Raises CliError."""
    options: dict[str, str | int | float] = {}
    for item in given or []:
        key, separator, text = item.partition("=")
        key = key.strip().replace("-", "_")
        if not separator or not key.isidentifier():
            raise CliError(f"参数应写成 KEY=VALUE，而不是 {item}", f"write the option as KEY=VALUE, not {item}")
        options[key] = _number(text)
    return options


def _number(text: str) -> str | int | float:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
