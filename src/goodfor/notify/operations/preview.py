"""Show what a template makes of a context, before or after it is saved. Writes nothing."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from goodfor.identity import queries as identity
from goodfor.notify import queries
from goodfor.notify.errors import SceneUnknown, TemplateInvalid
from goodfor.notify.operations.save_template import WORDS
from goodfor.notify.rendering.content import PartProblem, check_draft, rendered
from goodfor.notify.rendering.liquid import TemplateProblem
from goodfor.notify.rendering.values import values_for
from goodfor.notify.scenes import LANGUAGES, MAY_HOLD_CODES, SAMPLE_SHOP, SCENES, variables_of
from goodfor.notify.types import Draft, Preview

#: What stands for a code.
MARKS: Final = "••••••"


def preview(
    *,
    shop_id: UUID,
    scene: str,
    channel: str,
    language: str,
    context: Mapping[str, Any] | None = None,
    draft: Draft | None = None,
) -> Preview:
    """The template in effect, or `draft`, with `context` (an order's data as for `send`), or with the scene's sample.

    No code stands in a preview: where the shop allows them for a SKU, marks stand in their place.
    Raises SceneUnknown, TemplateInvalid.
    """
    known = SCENES.get(scene)
    if known is None or language not in LANGUAGES:
        raise SceneUnknown(scene=scene, language=language)
    shop = identity.shop_by_id(shop_id)
    variables = variables_of(known)
    try:
        if draft is None:
            draft = queries.template(shop_id, scene, channel, language).draft
        else:
            check_draft(draft, channel, language, {**known.sample, "shop": SAMPLE_SHOP}, variables)
        values, _ = values_for(
            known,
            known.sample if context is None else _masked(context),
            shop={"name": shop.name, "url": settings.GOODFOR_PUBLIC_URL},
            timezone=shop.timezone,
            codes_of=queries.skus_with_codes(shop_id) if channel in MAY_HOLD_CODES else frozenset(),
        )
        said = rendered(draft, channel, language, values, variables)
    except PartProblem as wrong:
        raise _invalid(wrong.part, wrong.problem) from None
    except TemplateProblem as wrong:
        raise _invalid("body", wrong) from None
    return Preview(said.subject, said.text, said.html, said.params, said.link, said.vendor_template)


def _masked(context: Mapping[str, Any]) -> dict[str, Any]:
    """Every code of every line replaced by marks, whatever the caller gave."""
    lines = context.get("lines")
    if not isinstance(lines, list | tuple):
        return dict(context)
    masked = [
        {**line, "codes": [{"number": MARKS, "secret": MARKS, "expires_at": code.get("expires_at")} for code in codes]}
        if isinstance(codes := line.get("codes"), list | tuple)
        else line
        for line in lines
    ]
    return {**context, "lines": masked}


def _invalid(part: str, problem: TemplateProblem) -> TemplateInvalid:
    words = WORDS.get(problem.reason, WORDS["syntax"]) % {"name": problem.name}
    return TemplateInvalid(words, field=part, reason=problem.reason, name=problem.name)
