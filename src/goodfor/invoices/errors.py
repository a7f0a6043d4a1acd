"""What invoices refuse."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound


class InvoiceNotFound(NotFound):
    """No such invoice in this shop."""

    code = "invoice_not_found"
    title = _("找不到这张发票")


class TitleInvalid(InvalidInput):
    """The title cannot be written on an invoice; `field` says what is wrong."""

    code = "invoice_title_invalid"
    title = _("发票抬头不正确")


class InvoicesNotOffered(Conflict):
    """The shop writes no invoices."""

    code = "invoices_not_offered"
    title = _("这家店不提供发票")


class NotDelivered(Conflict):
    """Only what was paid for and delivered is invoiced."""

    code = "invoice_not_delivered"
    title = _("发货以后才能开发票")


class NotInBooksYet(Conflict):
    """The books have not followed the order yet: a moment later they have."""

    code = "invoice_not_in_books_yet"
    title = _("这笔订单正在入账，请过一会儿再申请")


class PaidByCompany(Conflict):
    """A company's welfare paid it, all or a part: the company has its invoice for what it prepaid."""

    code = "invoice_paid_by_company"
    title = _("公司福利支付的订单，发票由公司向商家索取")


class PaidByCredit(Conflict):
    """A card, a subscription or points paid it: what was never money here is not invoiced, and never a second time."""

    code = "invoice_paid_by_credit"
    title = _("用卡、订阅或积分支付的订单不开发票")


class NothingToInvoice(Conflict):
    """Nothing of the price is left: it was given back."""

    code = "invoice_nothing_left"
    title = _("货款已全部退回，没有可以开票的金额")


class NoTaxClass(Conflict):
    """Goods of the order have no tax class, so that nobody knows the rate."""

    code = "invoice_no_tax_class"
    title = _("商品还没有设置税目，暂时不能开票，请联系卖家")


class AlreadyInvoiced(Conflict):
    """The order has its invoice, or it is being written."""

    code = "invoice_exists"
    title = _("这笔订单已经申请过发票")


class InvoiceMoved(Conflict):
    """The invoice is not in a state for that."""

    code = "invoice_moved"
    title = _("发票的状态已变化，不能这样处理")


class RedLetterWaits(Conflict):
    """A red letter for it is being written already."""

    code = "invoice_red_letter_waits"
    title = _("这张发票正在红冲")


class IssuerInvalid(InvalidInput):
    """The issuer's account cannot be kept like that."""

    code = "invoice_issuer_invalid"
    title = _("开票账户的资料不正确")
