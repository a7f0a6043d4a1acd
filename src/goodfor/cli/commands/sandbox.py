"""`goodfor sandbox`."""

import os
import sys
from typing import Annotated

import typer

from goodfor.cli.commands.options import DataOption
from goodfor.cli.paths import data_dir


def sandbox(
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口 / port")] = 8001,
    data: DataOption = None,
) -> None:
    """运行支付渠道的本地替身（讲真实协议，可注入故障）。/ Run the stand-in of a payment gateway."""
    folder = data_dir(data) if data else data_dir(None) / "sandbox"
    # The stand-in is no part of the house: it gets a process of its own and is not imported here.
    command = [sys.executable, "-P", "-m", "goodfor.sandbox", "--port", str(port), "--data", str(folder)]
    os.execv(sys.executable, command)  # noqa: S606
