"""The functions that check and move postings, anew: fewer queries a posting, and no wait while a slice is held."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """For databases made before; in a new one 0002 has brought these already."""

    dependencies = [("ledger", "0002_guards")]
    operations = [
        run_files(
            "goodfor.ledger",
            forward=["posting_moves_before.sql", "posting_moves.sql", "posting_check.sql", "post.sql"],
            backward=[],
        )
    ]
