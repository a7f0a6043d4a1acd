"""What the demo refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict


class RealTrade(Conflict):
    """The shop has sold for real money, or could: invented codes must not be sold there."""

    code = "demo_real_trade"
    title = _("店里已有真实订单或真实收款通道，不能填入示例数据")


class RunUnderWay(Conflict):
    """A filling or emptying of this shop is not over yet."""

    code = "demo_run_under_way"
    title = _("示例数据正在处理中，请等它完成")


class DemoOnSale(Conflict):
    """Demo goods are on sale: with a real channel somebody would pay for invented codes."""

    code = "demo_on_sale"
    title = _("店里还有示例商品，请先清空示例数据，再开通真实收款通道")
