"""What the short way needs of middleware: an answer that says how long it is, so that connections stay open."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def content_length(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set Content-Length on every answer that is whole; without it the server would send chunks."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.streaming and "Content-Length" not in response.headers:
            response.headers["Content-Length"] = str(len(response.content))
        return response

    return middleware
