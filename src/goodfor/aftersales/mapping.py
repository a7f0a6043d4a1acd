"""Terms of a promise as JSON and back: keys are the fields' names, times are written 09:00, dates 2026-10-01."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import time
from typing import Any

from goodfor.aftersales.errors import InvalidTerms
from goodfor.aftersales.models import Promise
from goodfor.aftersales.types import Compensation, Hours, PromiseView, Terms


def terms_to_json(terms: Terms) -> dict[str, Any]:
    """Exactly what `terms_from_json` reads; the same terms always give the same JSON."""
    plain = {one.name: getattr(terms, one.name) for one in fields(Terms)}
    paid = {one.name: getattr(terms.compensation, one.name) for one in fields(Compensation)}
    return plain | {
        "compensation": paid | {"reasons": list(terms.compensation.reasons)},
        "excluded": list(terms.excluded),
        "hours": None if terms.hours is None else _hours_to_json(terms.hours),
    }


def terms_from_json(kept: Mapping[str, Any]) -> Terms:
    """Terms as they were kept; a key that is missing has its default. Raises InvalidTerms for a key that is unknown."""
    given = _known(kept, Terms)
    paid = _known(given.pop("compensation", {}), Compensation)
    if "reasons" in paid:
        paid["reasons"] = tuple(paid["reasons"])
    if "excluded" in given:
        given["excluded"] = tuple(given["excluded"])
    if given.get("hours") is not None:
        given["hours"] = _hours_from_json(given["hours"])
    return Terms(compensation=Compensation(**paid), **given)


def promise_view(row: Promise) -> PromiseView:
    """A row of the table."""
    return PromiseView(
        row.id,
        row.scope,  # type: ignore[arg-type]
        row.scope_id,
        row.version,
        None if row.terms is None else terms_from_json(row.terms),
        row.from_at,
        row.made_at,
        row.made_by,
    )


def _known(kept: Mapping[str, Any], kind: type) -> dict[str, Any]:
    names = {one.name for one in fields(kind)}
    for key in kept:
        if key not in names:
            raise InvalidTerms(field=str(key)[:40])
    return dict(kept)


def _hours_to_json(hours: Hours) -> dict[str, Any]:
    return {
        "zone": hours.zone,
        "days": {
            str(day): [f"{opens:%H:%M}", f"{closes:%H:%M}"] for day, (opens, closes) in sorted(hours.days.items())
        },
        "free": sorted(hours.free),
        "extra": sorted(hours.extra),
    }


def _hours_from_json(kept: Mapping[str, Any]) -> Hours:
    given = _known(kept, Hours)
    days = {
        int(day): (time.fromisoformat(opens), time.fromisoformat(closes))
        for day, (opens, closes) in given.pop("days", {}).items()
    }
    free, extra = frozenset(given.pop("free", ())), frozenset(given.pop("extra", ()))
    return Hours(days=days, free=free, extra=extra, **given)
