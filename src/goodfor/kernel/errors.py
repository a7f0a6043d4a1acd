"""DomainError: what can go wrong in the business, shown as RFC 9457 problem details."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

PROBLEM_BASE = "urn:goodfor:problem:"


class DomainError(Exception):
    """An expected refusal: a stable `code`, an HTTP status, a translated title and safe data.

    `data` is shown to the caller: never put codes, secrets or personal data in it.
    """

    code: ClassVar[str] = "domain_error"
    http_status: ClassVar[int] = 400
    title: ClassVar[Any] = _("请求无法完成")

    def __init__(self, message: Any = "", **data: Any) -> None:
        self.message = message
        self.data = data
        super().__init__(str(message) or self.code)

    @property
    def detail(self) -> str:
        """What to tell the person."""
        return str(self.message or self.title)

    def problem(self, instance: str = "") -> dict[str, Any]:
        """The problem details object (RFC 9457) with `code` and the data as extension members."""
        body: dict[str, Any] = {
            "type": PROBLEM_BASE + self.code,
            "title": str(self.title),
            "status": self.http_status,
            "code": self.code,
        }
        if self.message:
            body["detail"] = str(self.message)
        if instance:
            body["instance"] = instance
        body.update({k: v for k, v in self.data.items() if k not in body})
        return body


class InvalidInput(DomainError):
    """The request itself is wrong."""

    code = "invalid_input"
    http_status = 422
    title = _("提交的内容有误")


class Unauthorized(DomainError):
    """Nobody we know."""

    code = "unauthorized"
    http_status = 401
    title = _("请先验证身份")


class Forbidden(DomainError):
    """Known, but not allowed."""

    code = "forbidden"
    http_status = 403
    title = _("没有权限")


class NotFound(DomainError):
    """Not there, or not yours: the same answer for both."""

    code = "not_found"
    http_status = 404
    title = _("找不到")


class Conflict(DomainError):
    """The state of things does not allow it."""

    code = "conflict"
    http_status = 409
    title = _("与当前状态冲突")


class RateLimited(DomainError):
    """Too many requests."""

    code = "rate_limited"
    http_status = 429
    title = _("请求过于频繁，请稍后再试")


class Unavailable(DomainError):
    """Something that we depend on is away; try again."""

    code = "unavailable"
    http_status = 503
    title = _("服务暂时不可用，请稍后再试")


class JobsChanged(Conflict):
    """What was to run again is not waiting for that any more."""

    code = "jobs_changed"
    title = _("任务的状态已变化，请刷新后再看")


class KeyJustRotated(Conflict):
    """A second rotation within minutes is a second click."""

    code = "key_just_rotated"
    title = _("密钥刚刚换过，请 15 分钟后再换")
