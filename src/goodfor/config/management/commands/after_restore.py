"""`goodfor manage after_restore`: after a dump was loaded into a new cluster, before anything else writes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from goodfor.config.restore import after_restore
from goodfor.kernel.audit import ChainBroken
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError


class Command(BaseCommand):
    """Reset stored transaction ids: events, cursor, retries, audit trail, ledger."""

    help = (
        "导入备份到新的数据库集群之后、启动之前运行一次；再次运行不会改变任何东西。"
        " / Run once after a logical restore into a new cluster, with all writers stopped; again it changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Run it."""
        try:
            done = after_restore(utc_now())
        except (ChainBroken, DomainError) as error:
            raise CommandError(
                f"校验链不成立，未做任何修改：{error} / a hash chain does not hold, nothing was changed: {error}"
            ) from error
        for room, changed in done.items():
            self.stdout.write(f"{room}: {'已重置 / rebased' if changed else '无需处理 / nothing to do'}")
