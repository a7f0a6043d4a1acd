"""The `goodfor` command line. Only what every command needs is imported here, so that `--help` is fast."""

import os
import sys
from typing import Annotated, Any

import typer

from goodfor.cli.commands.audit import audit
from goodfor.cli.commands.bench import bench
from goodfor.cli.commands.channels import channels
from goodfor.cli.commands.codes import codes
from goodfor.cli.commands.connector import connector
from goodfor.cli.commands.demo import demo
from goodfor.cli.commands.ledger import ledger
from goodfor.cli.commands.manage import manage
from goodfor.cli.commands.openapi import openapi
from goodfor.cli.commands.options import PASS_THROUGH
from goodfor.cli.commands.risk import risk
from goodfor.cli.commands.sandbox import sandbox
from goodfor.cli.commands.soak import soak
from goodfor.cli.commands.test import test
from goodfor.cli.commands.up import up
from goodfor.cli.commands.worker import worker
from goodfor.cli.errors import CliError
from goodfor.cli.wording import refusal

app = typer.Typer(
    name="goodfor", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)


@app.callback()
def _all(
    debug: Annotated[bool, typer.Option("--debug", help="出错时显示完整跟踪 / show tracebacks")] = False,
) -> None:
    """Goodfor：数字权益零售平台。/ The platform for retailing digital entitlements."""
    if debug:
        os.environ["GOODFOR_CLI_DEBUG"] = "1"


app.command()(up)
app.add_typer(demo, name="demo")
app.command()(audit)
app.add_typer(channels, name="channels")
app.add_typer(codes, name="codes")
app.add_typer(connector, name="connector")
app.add_typer(ledger, name="ledger")
app.add_typer(risk, name="risk")
app.command()(sandbox)
app.command()(bench)
app.command()(soak)
app.command()(openapi)
app.command(context_settings={**PASS_THROUGH, "help_option_names": []})(manage)
app.command(context_settings=PASS_THROUGH)(test)
app.command()(worker)


def explain(error: BaseException) -> str:
    """One line that says what is wrong and what to do."""
    if isinstance(error, CliError):
        return f"错误：{error.zh} / {error.en}"
    if hasattr(error, "detail") and hasattr(error, "code"):
        # A DomainError: its class would bring Django in before anybody needs it.
        return refusal(error)
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"错误：不能使用 {error.filename}：{error.strerror} / cannot use {error.filename}: {error.strerror}"
    first = str(error).strip().splitlines()
    kind = type(error).__name__
    # By name: psycopg and Django are loaded only by commands that need them.
    if kind == "OperationalError" and "connection" in str(error):
        return f"错误：连不上数据库，请检查 DATABASE_URL / cannot reach the database, check DATABASE_URL: {first[0]}"
    if kind in ("ProgrammingError", "UndefinedTable") and "does not exist" in str(error):
        return (
            "错误：数据库里缺少表，请先运行 ./goodfor up 或 ./goodfor manage migrate"
            f" / tables are missing, run one of these first: {first[0]}"
        )
    said = f"{kind}: {first[0]}" if first else kind
    return f"出错：{said}（加 --debug 看详情 / goodfor --debug shows more）"


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code. Errors become one line on stderr unless --debug."""
    try:
        result: Any = app(args=arguments, prog_name="goodfor", standalone_mode=True)
        return int(result or 0)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("GOODFOR_CLI_DEBUG") == "1":
            raise
        sys.stderr.write(explain(error) + "\n")
        return error.exit_code if isinstance(error, CliError) else 1
