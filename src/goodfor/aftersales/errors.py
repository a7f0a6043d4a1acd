"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound


class CaseNotFound(NotFound):
    """No such case in this shop."""

    code = "case_not_found"
    title = _("没有这个售后单")


class CaseMoved(Conflict):
    """It is not in a state that allows this: somebody was faster, or it is over."""

    code = "case_moved"
    title = _("售后单的状态已经改变，请刷新后再处理")


class InvalidTerms(InvalidInput):
    """Terms of a promise that cannot be kept; `field` names which."""

    code = "invalid_terms"
    title = _("承诺的内容不正确")


class PromiseNotFound(NotFound):
    """There is no such shop, supplier, category or SKU to promise something for, or nothing is promised for it."""

    code = "promise_not_found"
    title = _("没有这个售后承诺")


class InvalidRules(InvalidInput):
    """A decision table that cannot be read, or has no last rule for everything; `row` counts from 1."""

    code = "invalid_rules"
    title = _("决策表不正确")


class InvalidDecision(InvalidInput):
    """This decision is not possible here; `field` names why."""

    code = "invalid_decision"
    title = _("不能这样处理")


class GrantNotFound(NotFound):
    """No such amount is owed to this buyer."""

    code = "grant_not_found"
    title = _("没有这笔赔付")


class CapReached(Conflict):
    """The promise's cap of the day is used up."""

    code = "compensation_cap"
    title = _("今日赔付额度已用完")


class RecoveryNotFound(NotFound):
    """No such claim on a supplier."""

    code = "recovery_not_found"
    title = _("没有这笔追偿")


class InvalidPicture(InvalidInput):
    """Not a PNG, JPEG or WebP picture, or too large."""

    code = "invalid_picture"
    title = _("图片须为 PNG、JPEG 或 WebP，每张不超过 8 MB")


class TooManyPictures(InvalidInput):
    """A case holds three pictures at most."""

    code = "too_many_pictures"
    title = _("一个售后单最多 3 张图片")


class PictureNotFound(NotFound):
    """No such picture in this case."""

    code = "picture_not_found"
    title = _("没有这张图片")


class GrantMoved(Conflict):
    """It was paid already, or somebody was faster."""

    code = "grant_moved"
    title = _("这笔赔付已经付过，请刷新后再看")


class RecoveryMoved(Conflict):
    """It is over, or was sent already."""

    code = "recovery_moved"
    title = _("这笔追偿的状态已经改变，请刷新后再处理")


class InvalidMoney(InvalidInput):
    """An amount, a reference or a rate that cannot be; `field` names which."""

    code = "invalid_money"
    title = _("填写的内容不正确")


class BatchMoved(Conflict):
    """The batch is off sale already, or is not."""

    code = "batch_moved"
    title = _("这批卡密的状态已经改变，请刷新后再处理")


class RecallRunning(Conflict):
    """This batch is being recalled."""

    code = "recall_running"
    title = _("这批卡密已经发起召回")
