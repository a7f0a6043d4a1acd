"""`goodfor manage keys`: which keys seal what; make a new one; retire an old one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from goodfor.kernel import sealed
from goodfor.kernel.clock import utc_now
from goodfor.kernel.crypto import keyring
from goodfor.kernel.errors import DomainError


class Command(BaseCommand):
    """List, rotate, retire."""

    help = (
        "列出加密密钥及其用途；--rotate 换新密钥（worker 随后逐批重新加密），--retire ID 停用不再使用的旧密钥。"
        " / List sealing keys and what they seal; --rotate makes a new one, under which the worker seals everything"
        " anew; --retire ID deletes one that nothing needs any more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One of two, or none."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--rotate", action="store_true")
        what.add_argument("--retire", type=int, metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Run it."""
        if options["rotate"]:
            self.stdout.write(f"新密钥 / new key: {keyring().rotate()}")
        elif options["retire"] is not None:
            try:
                sealed.retire(key_id=options["retire"], now=utc_now())
            except DomainError as error:
                raise CommandError(f"{error.title} / {error.code}: {error.data}") from error
            self.stdout.write(f"已停用 / retired: {options['retire']}")
        self._list()

    def _list(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, active, created_at FROM kernel_data_key WHERE purpose = 'seal' ORDER BY id")
            keys = cursor.fetchall()
        by_key = sealed.summary()
        for key_id, active, created_at in keys:
            mark = " 当前 / active" if active else ""
            self.stdout.write(f"{key_id}  {created_at:%Y-%m-%d %H:%M}{mark}")
            for use in by_key.get(key_id, ()):
                self.stdout.write(f"    {use.column}: {use.count}")
