"""What a database needs after a dump of it was loaded into another cluster; sees all rooms."""

from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.db import transaction

from goodfor.kernel import restore


def after_restore(now: datetime) -> dict[str, bool]:
    """Make every room fit the new cluster, all or none; room -> whether there was anything to do.

    A cluster counts transactions from its own beginning, so the ids that came with the dump may lie in its future:
    the relay would not tell new events and the audit trail would not be sealed, without any error. Run it before
    anything else writes; again it changes nothing. Raises ChainBroken, SealBroken.
    """
    done = {}
    with transaction.atomic():
        done["kernel"] = restore.rebase_after_restore(now=now)
        if "ledger" in settings.ROOMS:
            done["ledger"] = import_module("goodfor.ledger.operations").rebase_after_restore(now=now)
            if done["ledger"] and "settlement" in settings.ROOMS:
                import_module("goodfor.settlement.operations").reread_after_restore(now=now)
        if "insights" in settings.ROOMS:
            # After the ledger's, whose transactions its mark is about.
            done["insights"] = import_module("goodfor.insights.operations.rebase_after_restore").rebase_after_restore()
    return done
