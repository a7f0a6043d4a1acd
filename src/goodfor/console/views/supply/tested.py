"""What a test of a connection showed, in words, with what to do next."""

from typing import Any

from django.utils.translation import gettext as _

from goodfor.console import supply_words as words
from goodfor.kit import writing
from goodfor.supply.operations.probe_supplier import Tested


def tested_words(told: Tested) -> dict[str, Any]:
    """`ok`, the words, and what they said themselves."""
    if told.ok:
        text = _("连上了：余额 %(amount)s，用时 %(time)s。") % {
            "amount": words.cost(told.amount, told.currency), "time": writing.seconds(told.milliseconds / 1000),
        }  # fmt: skip
        return {"ok": True, "words": text, "said": ""}
    return {"ok": False, "words": words.test_words(told.word), "said": told.text}
