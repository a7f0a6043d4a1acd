"""`goodfor manage ledger_rebase`: run once after a logical restore into a new cluster."""

from typing import Any

from django.core.management.base import BaseCommand

from goodfor.kernel.clock import utc_now
from goodfor.ledger.operations.rebase_after_restore import rebase_after_restore


class Command(BaseCommand):
    """Reset stored transaction ids, rebuild the rollups, begin a new generation of seals."""

    help = "After a logical restore: reset transaction ids, rebuild rollups, reseal. Stop all writers first."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Run it."""
        rebase_after_restore(now=utc_now())
        self.stdout.write("ledger rebased")
