"""What risk control can refuse."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound, RateLimited
from goodfor.risk.rule_errors import (
    BacktestNotDone as BacktestNotDone,
)
from goodfor.risk.rule_errors import (
    BacktestNotFound as BacktestNotFound,
)
from goodfor.risk.rule_errors import (
    EntryKept as EntryKept,
)
from goodfor.risk.rule_errors import (
    EntryKnown as EntryKnown,
)
from goodfor.risk.rule_errors import (
    EntryNotFound as EntryNotFound,
)
from goodfor.risk.rule_errors import (
    ExportNotApproved as ExportNotApproved,
)
from goodfor.risk.rule_errors import (
    InvalidBacktest as InvalidBacktest,
)
from goodfor.risk.rule_errors import (
    InvalidEntry as InvalidEntry,
)
from goodfor.risk.rule_errors import (
    InvalidLabel as InvalidLabel,
)
from goodfor.risk.rule_errors import (
    InvalidList as InvalidList,
)
from goodfor.risk.rule_errors import (
    InvalidReview as InvalidReview,
)
from goodfor.risk.rule_errors import (
    InvalidRule as InvalidRule,
)
from goodfor.risk.rule_errors import (
    ListNotFound as ListNotFound,
)
from goodfor.risk.rule_errors import (
    ProposalDecided as ProposalDecided,
)
from goodfor.risk.rule_errors import (
    ProposalNotFound as ProposalNotFound,
)
from goodfor.risk.rule_errors import (
    ProposalWaits as ProposalWaits,
)
from goodfor.risk.rule_errors import (
    ReviewDone as ReviewDone,
)
from goodfor.risk.rule_errors import (
    ReviewNotFound as ReviewNotFound,
)
from goodfor.risk.rule_errors import (
    ReviewTaken as ReviewTaken,
)
from goodfor.risk.rule_errors import (
    RuleChanged as RuleChanged,
)
from goodfor.risk.rule_errors import (
    RuleNotFound as RuleNotFound,
)
from goodfor.risk.rule_errors import (
    SecondPersonNeeded as SecondPersonNeeded,
)
from goodfor.risk.rule_errors import (
    SnoozeNotFound as SnoozeNotFound,
)
from goodfor.risk.rule_errors import (
    TooManyBacktests as TooManyBacktests,
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


class NotAccepted(InvalidInput):
    """The one answer of a door to what is not right: unknown, used, of somebody else or wrong, nobody learns which."""

    code = "not_accepted"
    title = _("无法使用，请核对后再试")


class TooManyTries(RateLimited):
    """A door is closed to this asker for a while. `retry_after` seconds."""

    code = "too_many_tries"
    title = _("尝试次数过多，请稍后再试")


class ChallengeNeeded(Forbidden):
    """This door asks for a proof of work first (`challenge`), or for a one-time code instead."""

    code = "challenge_needed"
    title = _("请先完成安全验证")


class PlantedAlready(Conflict):
    """This very code is planted already, or was once."""

    code = "planted_already"
    title = _("这个码已经布设过")


class NotPlanted(NotFound):
    """No such planted code in this shop, or it was retired already."""

    code = "not_planted"
    title = _("找不到这个布设的码")


class NotLocked(Conflict):
    """This key is not locked, or this breaker not open, any more."""

    code = "not_locked"
    title = _("已经不再锁定")


class BadUnlock(InvalidInput):
    """`data["field"]` says what of it."""

    code = "bad_unlock"
    title = _("请填写原因，最多 200 个字")
