"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound


class CompanyNotFound(NotFound):
    """No such company in this shop."""

    code = "welfare_company_not_found"
    title = _("没有这家企业")


class EmployeeNotFound(NotFound):
    """No such employee of this company, or not this buyer's."""

    code = "welfare_employee_not_found"
    title = _("没有这位员工")


class GrantNotFound(NotFound):
    """No such grant of this company."""

    code = "welfare_grant_not_found"
    title = _("没有这次发放")


class RuleNotFound(NotFound):
    """No such rule of this company."""

    code = "welfare_rule_not_found"
    title = _("没有这条发放规则")


class InvoiceNotFound(NotFound):
    """No such prepayment or invoice of this company."""

    code = "welfare_invoice_not_found"
    title = _("没有这笔预存或发票申请")


class InvalidWelfare(InvalidInput):
    """Something typed that cannot be; `field` names which."""

    code = "invalid_welfare"
    title = _("填写的内容不正确")


class CodeTaken(Conflict):
    """Another company of the shop has this code."""

    code = "welfare_code_taken"
    title = _("这个企业代码已被使用")


class MailTaken(Conflict):
    """This mail address looks after a company already."""

    code = "welfare_mail_taken"
    title = _("这个邮箱已经是企业管理人")


class PrepaymentDiffers(Conflict):
    """The same reference of the bank was entered with another company or amount."""

    code = "welfare_prepayment_differs"
    title = _("这笔银行流水已按另一家企业或另一个金额登记过")


class CompanyOff(Conflict):
    """The company is switched off: nothing is granted or spent."""

    code = "welfare_company_off"
    title = _("这家企业的福利已停用")


class BudgetShort(Conflict):
    """Less is prepaid than is to be granted; `missing_minor`: how much less."""

    code = "welfare_budget_short"
    title = _("企业预存不够这次发放")


class FileFaulty(InvalidInput):
    """Lines of the file are wrong; nothing of it is granted until it is put right. `faults`: how many."""

    code = "welfare_file_faulty"
    title = _("名单里有需要改正的行")


class FileUnreadable(InvalidInput):
    """Not a table that can be read; `reason`: encoding, columns, size or empty."""

    code = "welfare_file_unreadable"
    title = _("读不出这份名单")


class FileDiffers(Conflict):
    """Another file than the one that was looked at."""

    code = "welfare_file_differs"
    title = _("这份名单和检查过的不是同一份")


class GrantGone(Conflict):
    """It is under way, through, or dropped."""

    code = "welfare_grant_gone"
    title = _("这次发放已由其他人处理，请刷新后再看")


class NotInvited(NotFound):
    """The link or address leads to no employee who may still join. One answer for all reasons."""

    code = "welfare_not_invited"
    title = _("没有找到可以加入的企业，请向公司核对链接或邮箱")


class AlreadyJoined(Conflict):
    """This account is another employee of the same company."""

    code = "welfare_already_joined"
    title = _("你的账户已经绑定了这家企业的另一位员工")


class NotForWelfare(Conflict):
    """Goods that the company does not offer."""

    code = "welfare_not_offered"
    title = _("这件商品不在企业的福利范围内")


class WelfarePriceChanged(Conflict):
    """Not what the employee was shown; `units` is what it costs now."""

    code = "welfare_price_changed"
    title = _("价格有变化，请看过新的价格再下单")


class WelfareShort(Conflict):
    """Fewer units are held than were to be spent."""

    code = "welfare_short"
    title = _("福利余额不够")


class SignInFirst(Forbidden):
    """No session of the company's console, or it is over."""

    code = "welfare_sign_in"
    title = _("请先登录企业后台")


class ManagerNeeded(Forbidden):
    """Who only looks may not do this."""

    code = "welfare_manager_needed"
    title = _("你的角色只能查看")
