"""What the ledger refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound


class InsufficientFunds(Conflict):
    """A guarded account would pass its floor."""

    code = "insufficient_funds"
    title = _("余额不足")


class IdempotencyMismatch(Conflict):
    """The reference was used before with another payload."""

    code = "ledger_idempotency_mismatch"
    title = _("同一编号的账务内容不一致")


class UnknownAccount(InvalidInput):
    """The account code is not in the chart of accounts."""

    code = "ledger_unknown_account"
    title = _("会计科目不存在")


class AccountNotOpen(NotFound):
    """A guarded account has to be opened before it is used."""

    code = "ledger_account_not_open"
    title = _("账户尚未开立")


class AccountExists(Conflict):
    """The account is open already, on other terms."""

    code = "ledger_account_exists"
    title = _("账户已开立，条件不同")


class AccountClosed(Conflict):
    """The account is closed."""

    code = "ledger_account_closed"
    title = _("账户已关闭")


class PeriodClosed(Conflict):
    """The month is closed, or may not change so."""

    code = "ledger_period_closed"
    title = _("会计期间已关闭")


class Unbalanced(InvalidInput):
    """Debits and credits differ, or lines do not fit their transaction."""

    code = "ledger_unbalanced"
    title = _("借贷不平衡")


class NotAHold(Conflict):
    """Not something that can be settled, voided or reversed so."""

    code = "ledger_not_possible"
    title = _("该账务不能这样处理")


class AlreadySettled(Conflict):
    """The hold was settled or voided before."""

    code = "ledger_already_settled"
    title = _("冻结款已处理")


class AlreadyReversed(Conflict):
    """The transaction was reversed before."""

    code = "ledger_already_reversed"
    title = _("该账务已冲销")


class TxNotFound(NotFound):
    """No such transaction in this shop."""

    code = "ledger_tx_not_found"
    title = _("账务记录不存在")


class SealBroken(Conflict):
    """The hash chain does not hold: rows were changed behind the ledger's back."""

    code = "ledger_seal_broken"
    title = _("账务封存校验失败")
