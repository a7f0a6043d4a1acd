"""`goodfor test`."""

import os
import sys
from collections.abc import Sequence

import typer

from goodfor.cli.errors import CliError
from goodfor.cli.lazy import load
from goodfor.cli.paths import project_root

PARALLEL = ("-n", "--numprocesses", "--dist")


def test(context: typer.Context) -> None:
    """运行全部测试；其余参数原样交给 pytest。/ Run all tests; other arguments go to pytest."""
    if load("importlib.util").find_spec("pytest") is None:
        raise CliError(
            "没有安装测试工具；请用 ./goodfor test 运行", "the test tools are not installed; run ./goodfor test"
        )
    root = project_root()
    os.chdir(root)
    command = [sys.executable, "-P", "-m", "pytest", *arguments(context.args)]
    os.execv(sys.executable, command)  # noqa: S606


def arguments(given: Sequence[str]) -> list[str]:
    """pytest's arguments: all of src on two processes, unless the caller says otherwise."""
    parallel = any(item == name or item.startswith((f"{name}=", "-n")) for item in given for name in PARALLEL)
    paths = any(not item.startswith("-") and os.path.exists(item.split("::")[0]) for item in given)
    # Stealing keeps both busy to the end; a file stays on one process as long as it can, with what it has made.
    shared = [] if parallel else ["-n", "2", "--dist", "worksteal"]
    return [*shared, *given, *([] if paths else ["src"])]
