"""`goodfor manage`."""

import typer

from goodfor.cli.database import attached
from goodfor.cli.lazy import load, setup_django


def manage(context: typer.Context) -> None:
    """Django 自带的管理命令。/ Django's own commands."""
    with attached(required=False):
        setup_django()
        load("django.core.management").execute_from_command_line(["goodfor manage", *context.args])
