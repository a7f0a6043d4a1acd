"""What rules, lists and reviews can refuse. Public through `errors`."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound


class RuleNotFound(NotFound):
    """No such rule, or no such version of it."""

    code = "rule_not_found"
    title = _("找不到这条规则")


class InvalidRule(InvalidInput):
    """`data["field"]` says what of it; an expression that cannot be read is BadExpression instead."""

    code = "invalid_rule"
    title = _("规则的设置有误")


class RuleChanged(Conflict):
    """It is not any more what was looked at."""

    code = "rule_changed"
    title = _("规则已变化，请刷新后再看")


class ProposalNotFound(NotFound):
    """Nothing of the kind waits."""

    code = "proposal_not_found"
    title = _("找不到这项待批准的更改")


class ProposalWaits(Conflict):
    """One thing is asked for at a time."""

    code = "proposal_waits"
    title = _("已有一项更改在等待批准")


class ProposalDecided(Conflict):
    """Somebody was quicker."""

    code = "proposal_decided"
    title = _("这项更改已有人处理")


class SecondPersonNeeded(Forbidden):
    """Who wrote it or asked for it cannot approve it."""

    code = "second_person_needed"
    title = _("需要另一位同事批准")


class ListNotFound(NotFound):
    """No custom list of that name."""

    code = "list_not_found"
    title = _("找不到这个名单")


class InvalidList(InvalidInput):
    """`data["field"]` says what of it."""

    code = "invalid_list"
    title = _("名单的设置有误")


class EntryNotFound(NotFound):
    """No such entry."""

    code = "list_entry_not_found"
    title = _("找不到这条名单记录")


class InvalidEntry(InvalidInput):
    """`data["field"]` says what of it."""

    code = "invalid_list_entry"
    title = _("名单记录有误")


class EntryKnown(Conflict):
    """It is on this list already."""

    code = "list_entry_known"
    title = _("已在名单中")


class EntryKept(Conflict):
    """A hard block is never taken away; it ends where it was given an end."""

    code = "list_entry_kept"
    title = _("永久封禁不能移除")


class SnoozeNotFound(NotFound):
    """No such snooze, or it has ended."""

    code = "snooze_not_found"
    title = _("找不到这项暂停")


class ReviewNotFound(NotFound):
    """No such review."""

    code = "review_not_found"
    title = _("找不到这项审核")


class ReviewTaken(Conflict):
    """Somebody else has it in hand, or you have it no longer."""

    code = "review_taken"
    title = _("这项审核不在你手上")


class ReviewDone(Conflict):
    """It was decided before."""

    code = "review_done"
    title = _("这项审核已有结论")


class InvalidReview(InvalidInput):
    """`data["field"]` says what of it."""

    code = "invalid_review"
    title = _("审核的内容有误")


class InvalidLabel(InvalidInput):
    """`data["field"]` says what of it."""

    code = "invalid_label"
    title = _("标记的内容有误")


class BacktestNotFound(NotFound):
    """No such backtest."""

    code = "backtest_not_found"
    title = _("找不到这次回测")


class BacktestNotDone(Conflict):
    """It has no figures yet, or never will."""

    code = "backtest_not_done"
    title = _("回测还没有完成")


class TooManyBacktests(Conflict):
    """Some are being worked out."""

    code = "too_many_backtests"
    title = _("已有几次回测在进行，请等其中一次完成")


class InvalidBacktest(InvalidInput):
    """`data["field"]` says what of it."""

    code = "invalid_backtest"
    title = _("回测的时间段有误")


class ExportNotApproved(Forbidden):
    """Personal values of a list leave only when a second person approved it, within a day, for who asked."""

    code = "list_export_not_approved"
    title = _("带原值的导出需要另一位同事批准")
