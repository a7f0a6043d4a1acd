"""What risk control can refuse."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import DomainError, InvalidInput


class Refused(DomainError):
    """Vague on purpose: whoever tries must not learn what gave them away."""

    code = "not_possible_now"
    http_status = 403
    title = _("现在无法完成这个操作")


class BadExpression(InvalidInput):
    """A rule cannot be read. `position` counts characters from 0, `line` and `column` from 1."""

    code = "bad_expression"
    title = _("规则写得不对")
