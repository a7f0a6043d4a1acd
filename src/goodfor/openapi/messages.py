"""Words for what is wrong with a field; they never repeat what was sent."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

_MESSAGES: Mapping[str, str | Promise] = {
    "missing": _("缺少必填字段"),
    "extra_forbidden": _("不认识的字段"),
    "int_type": _("须为整数"),
    "int_parsing": _("须为整数"),
    "int_parsing_size": _("整数过大"),
    "int_from_float": _("须为整数"),
    "string_type": _("须为文本"),
    "bool_type": _("须为 true 或 false"),
    "list_type": _("须为列表"),
    "model_type": _("须为对象"),
    "model_attributes_type": _("须为对象"),
    "uuid_type": _("须为 UUID"),
    "uuid_parsing": _("须为 UUID"),
    "literal_error": _("不在可选值之内"),
    "enum": _("不在可选值之内"),
    "string_pattern_mismatch": _("格式不符"),
    "nul_byte": _("不能包含 NUL 字符"),
}
_LIMITS: Mapping[str, tuple[str, str | Promise]] = {
    "greater_than_equal": ("ge", _("不能小于 %(limit)s")),
    "less_than_equal": ("le", _("不能大于 %(limit)s")),
    "greater_than": ("gt", _("须大于 %(limit)s")),
    "less_than": ("lt", _("须小于 %(limit)s")),
    "string_too_short": ("min_length", _("至少 %(limit)s 个字符")),
    "string_too_long": ("max_length", _("最多 %(limit)s 个字符")),
    "too_short": ("min_length", _("至少 %(limit)s 项")),
    "too_long": ("max_length", _("最多 %(limit)s 项")),
}


def message_for(kind: str, context: Mapping[str, Any]) -> str | Promise:
    """What to tell about a pydantic error type; `context` holds our own limits, nothing of the input."""
    if kind in _LIMITS:
        name, text = _LIMITS[kind]
        # Put together only when it is shown, in the language of that moment.
        return _filled(text, context.get(name, "?"))
    return _MESSAGES.get(kind, _("内容有误"))


def _fill(text: str | Promise, limit: object) -> str:
    return str(text) % {"limit": limit}


_filled = lazy(_fill, str)
