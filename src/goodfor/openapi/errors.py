"""What can be wrong with an API request before the domain is asked."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, DomainError, InvalidInput, NotFound, RateLimited, Unavailable


class RouteNotFound(NotFound):
    """No operation has this address."""

    code = "route_not_found"
    title = _("没有这个接口")


class MethodNotAllowed(DomainError):
    """The address exists, the method does not."""

    code = "method_not_allowed"
    http_status = 405
    title = _("该接口不支持此请求方法")


class BadRequest(DomainError):
    """The request cannot be read."""

    code = "bad_request"
    http_status = 400
    title = _("无法读取请求")


class InvalidJson(BadRequest):
    """The body is not UTF-8 encoded JSON, or nested too deeply."""

    code = "invalid_json"
    title = _("请求内容不是有效的 JSON")


class InvalidCursor(BadRequest):
    """The cursor was not made by this list."""

    code = "invalid_cursor"
    title = _("分页游标无效")


class IdempotencyKeyRequired(BadRequest):
    """Writes need a key, so that they can be repeated safely."""

    code = "idempotency_key_required"
    title = _("写操作必须带 Idempotency-Key 请求头")


class IdempotencyKeyInvalid(BadRequest):
    """The key must be 1 to 255 visible ASCII characters."""

    code = "idempotency_key_invalid"
    title = _("Idempotency-Key 须为 1 到 255 个可见 ASCII 字符")


class BodyTooLarge(DomainError):
    """The body is above the limit."""

    code = "body_too_large"
    http_status = 413
    title = _("请求内容过大")


class UnsupportedMediaType(DomainError):
    """Only application/json, not compressed."""

    code = "unsupported_media_type"
    http_status = 415
    title = _("请求内容须为 application/json，且不压缩")


class ValidationFailed(InvalidInput):
    """Some fields are wrong; `errors` lists where and why, never what was sent."""

    code = "validation_failed"
    title = _("部分字段有误")


class TotalAboveLimit(Conflict):
    """The order would cost more than its `max_total`; `total` says how much."""

    code = "total_above_limit"
    title = _("订单金额高于所给的上限")


class UnderReview(Conflict):
    """A person looks at it first; ask again later. Nothing is lost."""

    code = "under_review"
    title = _("需要先人工核对，请稍后再试")


class TooManyRequests(RateLimited):
    """The client's rate is used up."""

    code = "rate_limited"


class Busy(Unavailable):
    """A lock or the database could not be had in time. Repeat with the same key: done is done, once."""

    code = "busy"
    title = _("系统繁忙，请稍后用同一个幂等键重试")


class InternalError(DomainError):
    """A fault of ours; it is logged, nothing was changed."""

    code = "internal_error"
    http_status = 500
    title = _("服务内部错误")
