"""Show what a template makes of a context, before or after it is saved. Writes nothing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings

from goodfor.identity import queries as identity
from goodfor.notify import queries
from goodfor.notify.errors import SceneUnknown, TemplateInvalid
from goodfor.notify.operations.save_template import WORDS
from goodfor.notify.rendering.content import PartProblem, check_draft, rendered
from goodfor.notify.rendering.liquid import TemplateProblem
from goodfor.notify.rendering.values import values_for
from goodfor.notify.scenes import LANGUAGES, SAMPLE_SHOP, SCENES, variables_of
from goodfor.notify.types import Draft, Preview


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

    Codes never stand in a preview, whatever the shop allows. Raises SceneUnknown, TemplateInvalid.
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
            known.sample if context is None else context,
            shop={"name": shop.name, "url": settings.GOODFOR_PUBLIC_URL},
            timezone=shop.timezone,
            codes_of=frozenset(),
        )
        said = rendered(draft, channel, language, values, variables)
    except PartProblem as wrong:
        raise _invalid(wrong.part, wrong.problem) from None
    except TemplateProblem as wrong:
        raise _invalid("body", wrong) from None
    return Preview(said.subject, said.text, said.html, said.params, said.link, said.vendor_template)


def _invalid(part: str, problem: TemplateProblem) -> TemplateInvalid:
    words = WORDS.get(problem.reason, WORDS["syntax"]) % {"name": problem.name}
    return TemplateInvalid(words, field=part, reason=problem.reason, name=problem.name)
