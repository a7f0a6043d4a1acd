"""What settlement refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound


class PartyNotFound(NotFound):
    """No such party in this shop."""

    code = "settlement_party_not_found"
    title = _("找不到这个结算方")


class StatementNotFound(NotFound):
    """No such statement in this shop."""

    code = "settlement_statement_not_found"
    title = _("找不到这张结算单")


class NothingToState(Conflict):
    """There is nothing new up to the cut-off."""

    code = "settlement_nothing_to_state"
    title = _("截止时间前没有新的结算明细")


class StatementMoved(Conflict):
    """The statement is not in a state for that."""

    code = "settlement_statement_moved"
    title = _("结算单的状态已变化，不能这样处理")


class SamePerson(Conflict):
    """He has approved it already: another person is needed."""

    code = "settlement_same_person"
    title = _("需要另一位同事批准")


class BankChanged(Conflict):
    """The bank account changed after the approval, which has to be given again."""

    code = "settlement_bank_changed"
    title = _("收款账户在批准后有变更，请重新核对并批准")


class PayoutsFrozen(Conflict):
    """The bank account, or what the party is owed by, was changed a short time ago; payouts wait."""

    code = "settlement_payouts_frozen"
    title = _("收款账户或结算约定刚变更，24 小时内暂停打款")


class NoBankDetails(Conflict):
    """The party has no bank account on file."""

    code = "settlement_no_bank_details"
    title = _("结算方没有收款账户")


class BankDetailsUnfit(InvalidInput):
    """A file for the bank cannot hold them."""

    code = "settlement_bank_details_unfit"
    title = _("收款账户资料含有银行文件不接受的字符")


class PayoutNotFound(NotFound):
    """No such payout in this shop."""

    code = "settlement_payout_not_found"
    title = _("找不到这笔打款")


class PayoutMoved(Conflict):
    """The payout is not in a state for that."""

    code = "settlement_payout_moved"
    title = _("打款的状态已变化，不能这样处理")


class UnknownWay(InvalidInput):
    """No such bank format or provider."""

    code = "settlement_unknown_way"
    title = _("没有这种打款方式")


class FileChanged(Conflict):
    """The file cannot be written again as it was: somebody's bank account has changed since."""

    code = "settlement_file_changed"
    title = _("收款账户已变更，无法重新生成同一份银行文件")


class LinkInvalid(Forbidden):
    """The link is not ours, has ended or was taken back: one answer for all."""

    code = "settlement_link_invalid"
    title = _("链接无效或已过期，请联系商家重新发送")


class HoldBackTooSmall(Conflict):
    """The deposit holds less than that."""

    code = "settlement_hold_back_too_small"
    title = _("保证金余额不足")
