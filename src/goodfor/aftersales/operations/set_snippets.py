"""A shop changes the replies that its staff have at hand."""

from collections.abc import Sequence
from datetime import datetime
from string import Formatter
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from goodfor.aftersales.desk_types import SNIPPET_PLACES, SnippetText
from goodfor.aftersales.snippet_models import Snippet
from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.locks import advisory_xact_lock

MOST: Final = 20
MAX_LABEL: Final = 20
MAX_TEXT: Final = 500


@transaction.atomic
def set_snippets(*, shop_id: UUID, snippets: Sequence[SnippetText], actor: str, now: datetime) -> None:
    """Put these in the place of all there were; none: those that ship are used again.

    Raises InvalidInput, where one is wrong with its place as `field`.
    """
    if len(snippets) > MOST:
        raise InvalidInput(_("最多 %(n)s 条") % {"n": MOST})
    for place, one in enumerate(snippets):
        _check(place, one)
    advisory_xact_lock(("snippets", shop_id))
    Snippet.objects.filter(shop_id=shop_id).delete()
    Snippet.objects.bulk_create(
        Snippet(shop_id=shop_id, position=place, label=one.label, text=one.text) for place, one in enumerate(snippets)
    )
    audit.record(
        shop_id=shop_id, actor=actor, action="claim_replies_set", subject=("shop", shop_id),
        data={"count": len(snippets)}, now=now,
    )  # fmt: skip


def _check(place: int, one: SnippetText) -> None:
    if not 0 < len(one.label) <= MAX_LABEL or not 0 < len(one.text) <= MAX_TEXT or "\x00" in one.label + one.text:
        raise InvalidInput(_("名称和内容都要写，名称最多 20 个字"), field=place)
    try:
        parts = list(Formatter().parse(one.text))
    except ValueError:
        raise InvalidInput(_("大括号没有成对"), field=place) from None
    for _text, name, spec, conversion in parts:
        if name is not None and (name not in SNIPPET_PLACES or spec or conversion):
            raise InvalidInput(_("没有 {%(name)s} 这个变量") % {"name": name}, field=place)
