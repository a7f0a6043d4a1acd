"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound


class CaseNotFound(NotFound):
    """No such case in this shop."""

    code = "recon_case_not_found"
    title = _("没有这个对账差异")


class CaseMoved(Conflict):
    """It is not in a state that allows this: somebody was faster, or it is over."""

    code = "recon_case_moved"
    title = _("对账差异的状态已经改变，请刷新后再处理")


class ReasonMissing(InvalidInput):
    """A case is closed with a reason, or with the transaction that put it right."""

    code = "recon_reason_missing"
    title = _("请填写原因，或填写更正的凭证")


class DayClosed(Conflict):
    """The day was closed; nothing of it is compared anew."""

    code = "recon_day_closed"
    title = _("这一天已经关账")


class DayNotClosable(Conflict):
    """Something is missing or differs; `data["reasons"]` says what."""

    code = "recon_day_not_closable"
    title = _("这一天还不能关账")


class NothingToCompare(Conflict):
    """The other side's rows are not there yet: its file was not fetched, or was refused."""

    code = "recon_nothing_to_compare"
    title = _("对方账单还没有到")


class PairRefused(Conflict):
    """The two rows are not there any more, are paired already, or are not of one kind and account."""

    code = "recon_pair_refused"
    title = _("这两条记录不能配对")


class RunNotFound(NotFound):
    """Nothing was compared there."""

    code = "recon_run_not_found"
    title = _("没有这次对账")


class DayAsked(Conflict):
    """Somebody has asked for it already."""

    code = "recon_day_asked"
    title = _("已经有人申请关账")


class SecondNeeded(Conflict):
    """A day is closed by two: one asks, another agrees."""

    code = "recon_second_needed"
    title = _("关账需要两个人：一人申请，另一人复核")


class NotAsked(Conflict):
    """Nobody asks for it, or somebody else does."""

    code = "recon_not_asked"
    title = _("没有可以撤回的关账申请")


class MonthNotClosable(Conflict):
    """Something stands against closing; `data["reasons"]` says what."""

    code = "recon_month_not_closable"
    title = _("这个月还不能关账")


class NothingToTry(Conflict):
    """There is nothing that a machine could do about it, or it is about to."""

    code = "recon_nothing_to_try"
    title = _("没有可以自动处理的")


class NotACorrection(Conflict):
    """That transaction is older than the difference, or has put another one right."""

    code = "recon_not_a_correction"
    title = _("这张凭证不是对这笔差异的更正：早于差异，或已登记为别的差异的更正")
