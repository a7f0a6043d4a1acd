"""Save a shop's own words for a scene by a channel in a language, as a new version."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.notify.errors import SceneUnknown, TemplateInvalid
from goodfor.notify.mapping import template_view
from goodfor.notify.models import Template
from goodfor.notify.rendering.content import PartProblem, check_draft
from goodfor.notify.scenes import LANGUAGES, SAMPLE_SHOP, SCENES, variables_of
from goodfor.notify.types import Draft, TemplateView

WORDS: Final = {
    "unknown_variable": _("模板里用了这个场景没有的变量：%(name)s"),
    "tag_not_allowed": _("模板里不能用标签 %(name)s"),
    "filter_not_allowed": _("模板里不能用过滤器 %(name)s"),
    "range_not_allowed": _("模板里不能用数字区间：%(name)s"),
    "computed_name": _("变量名不能是算出来的：%(name)s"),
    "not_a_list": _("%(name)s 不是列表，不能循环"),
    "syntax": _("模板写法有误：%(name)s"),
    "too_long": _("模板太长，最多 %(name)s"),
    "too_much_work": _("模板的循环或输出太多"),
    "cannot_render": _("模板无法生成内容：%(name)s"),
    "markup": _("邮件排版（MJML）有误：%(name)s"),
    "markup_not_allowed": _("邮件里不能用 %(name)s"),
    "empty": _("内容不能为空"),
    "link_not_web": _("链接必须以 https:// 或 / 开头"),
    "param_name": _("参数名只能用字母、数字、下划线和点：%(name)s"),
    "params_not_distinct": _("参数太多，或有重名"),
    "vendor_template": _("服务商的模板编号只能用字母、数字、下划线和短横线"),
}


def save_template(
    *, shop_id: UUID, scene: str, channel: str, language: str, draft: Draft, actor: str, now: datetime
) -> TemplateView:
    """The template in effect from now on; earlier versions stay. Raises SceneUnknown, TemplateInvalid."""
    known = SCENES.get(scene)
    fits = known is not None and any(channel in known.channels(audience) for audience in known.audiences)
    if known is None or not fits or language not in LANGUAGES:
        raise SceneUnknown(scene=scene, channel=channel, language=language)
    _check(draft, scene, channel, language)
    with transaction.atomic(savepoint=False):
        advisory_xact_lock(("template", shop_id, scene, channel, language))
        same = Template.objects.filter(shop_id=shop_id, scene=scene, channel=channel, language=language)
        latest = same.order_by("-version").first()
        same.filter(valid_to__isnull=True).update(valid_to=now)
        row = Template.objects.create(
            id=uuid7(),
            shop_id=shop_id,
            scene=scene,
            channel=channel,
            language=language,
            version=latest.version + 1 if latest else 1,
            subject=draft.subject,
            body=draft.body,
            params=[list(pair) for pair in draft.params],
            link=draft.link,
            vendor_template=draft.vendor_template,
            valid_from=now,
            saved_by=actor[:80],
        )
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="notify.template_saved",
            subject=("notify.template", row.id),
            data={"scene": scene, "channel": channel, "language": language, "version": row.version},
            now=now,
        )
    return template_view(row)


def _check(draft: Draft, scene: str, channel: str, language: str) -> None:
    known = SCENES[scene]
    sample = {**known.sample, "shop": SAMPLE_SHOP}
    try:
        check_draft(draft, channel, language, sample, variables_of(known))
    except PartProblem as problem:
        found = problem.problem
        message = WORDS.get(found.reason, WORDS["syntax"]) % {"name": found.name}
        raise TemplateInvalid(message, field=problem.part, reason=found.reason, name=found.name) from None
