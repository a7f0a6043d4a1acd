"""Guards and functions of the ledger, in SQL."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Append-only tables, zero sums, guarded balances, the chart, ledger_post."""

    dependencies = [("ledger", "0001_initial")]
    operations = [
        run_files(
            "goodfor.ledger",
            forward=[
                "chart.sql",
                "guards.sql",
                "posting_moves.sql",
                "posting_check.sql",
                "posting_guard.sql",
                "post.sql",
                "open.sql",
                "seal.sql",
            ],
            backward=["drop.sql"],
        )
    ]
