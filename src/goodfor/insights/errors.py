"""What insights refuse."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import InvalidInput, NotFound


class ReportNotFound(NotFound):
    """There is no such report in this shop."""

    code = "report_not_found"
    title = _("没有这份报表")


class InvalidAsk(InvalidInput):
    """Nothing can be answered like this: `field` says what is wrong."""

    code = "invalid_ask"
    title = _("查询条件不正确")
