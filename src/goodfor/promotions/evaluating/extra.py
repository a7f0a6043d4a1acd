"""What orders bring beside: points more than usual. Nothing of it changes what a cart costs. Pure."""

from collections.abc import Sequence

from goodfor.promotions.cart_types import APPLIED, Extra, Traced
from goodfor.promotions.evaluating.work import Entry, Work, traced
from goodfor.promotions.spec_types import USUAL_BP, ExtraPoints


def extra_points(work: Work, entries: Sequence[Entry]) -> tuple[list[Extra], list[Traced]]:
    """Of those that met the cart, at what it costs in the end: of a line the largest multiple counts, presents add up.

    The smaller revision id is first where two are the same.
    """
    reached: list[Entry] = []
    told: list[Traced] = []
    for entry in sorted(entries, key=lambda one: one.live.revision_id):
        missing = _effect(entry).threshold - sum(work.amounts[line] for line in entry.lines)
        if missing > 0:
            told.append(traced(entry, "threshold", missing=missing))
        else:
            reached.append(entry)
    best: dict[int, Entry] = {}
    for entry in reached:
        for line in entry.lines:
            known = best.get(line)
            if known is None or _effect(entry).times_bp > _effect(known).times_bp:
                best[line] = entry
    found: list[Extra] = []
    for entry in reached:
        effect, live = _effect(entry), entry.live
        own = [line for line in entry.lines if best[line] is entry and effect.times_bp > USUAL_BP]
        # A present is one for the order: it stands with the first of its lines.
        lines = sorted({*own, *(entry.lines[:1] if effect.plus else ())})
        for line in lines:
            found.append(
                Extra(
                    line, live.campaign_id, live.revision_id, effect.times_bp if line in own else USUAL_BP,
                    effect.plus if line == entry.lines[0] else 0,
                )
            )  # fmt: skip
        told.append(traced(entry, APPLIED if lines else "better"))
    return found, told


def _effect(entry: Entry) -> ExtraPoints:
    effect = entry.live.spec.effect
    assert isinstance(effect, ExtraPoints)
    return effect
