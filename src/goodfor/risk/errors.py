"""What risk control can refuse."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.risk.rule_errors import (
    EntryKept as EntryKept,
    EntryKnown as EntryKnown,
    EntryNotFound as EntryNotFound,
    InvalidEntry as InvalidEntry,
    InvalidLabel as InvalidLabel,
    InvalidList as InvalidList,
    InvalidReview as InvalidReview,
    InvalidRule as InvalidRule,
    ListNotFound as ListNotFound,
    ProposalDecided as ProposalDecided,
    ProposalNotFound as ProposalNotFound,
    ProposalWaits as ProposalWaits,
    ReviewDone as ReviewDone,
    ReviewNotFound as ReviewNotFound,
    ReviewTaken as ReviewTaken,
    RuleChanged as RuleChanged,
    RuleNotFound as RuleNotFound,
    SecondPersonNeeded as SecondPersonNeeded,
    SnoozeNotFound as SnoozeNotFound,
)


class Refused(DomainError):
    """Vague on purpose: whoever tries must not learn what gave them away."""

    code = "not_possible_now"
    http_status = 403
    title = _("现在无法完成这个操作")


class BadExpression(InvalidInput):
    """A rule cannot be read. `position` counts characters from 0, `line` and `column` from 1."""

    code = "bad_expression"
    title = _("规则写得不对")
