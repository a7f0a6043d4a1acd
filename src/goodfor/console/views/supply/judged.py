"""What follows from a supplier's bad codes, in words."""

from typing import Any

from django.utils.translation import gettext as _

from goodfor.console import supply_words as words
from goodfor.console.views.supply.forms import percent_text
from goodfor.supply.types import ConsequenceView


def judged_words(one: ConsequenceView) -> dict[str, Any]:
    """What it is, what it means, and why."""
    label, tone = words.JUDGED[one.level]
    why = _("近 7 天 %(units)d 件里有 %(bad)d 件坏的（%(rate)s%%），合同允许到 %(bound)s%%") % {
        "units": one.units, "bad": one.bad, "rate": percent_text(one.rate_points),
        "bound": percent_text(one.bound_points),
    }  # fmt: skip
    return {"view": one, "label": label, "tone": tone, "means": words.JUDGED_MEANS[one.level], "why": why}
