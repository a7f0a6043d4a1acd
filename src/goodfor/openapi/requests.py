"""What our guards put on a request."""

from datetime import datetime

from django.http import HttpRequest

from goodfor.identity.types import ApiCaller
from goodfor.openapi.ratelimit import Quota


class ApiRequest(HttpRequest):
    """A request behind the guards: who sends it, when it came, its body, what is left of the rate."""

    auth: ApiCaller
    came_at: datetime
    raw: bytes
    quota: Quota | None
