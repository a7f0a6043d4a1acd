"""What can go wrong in delivery."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import NotFound


class CodeNotHeld(NotFound):
    """The order holds no such code."""

    code = "code_not_held"
    title = _("订单中没有这张卡")
