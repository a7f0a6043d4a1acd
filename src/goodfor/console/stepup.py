"""Dangerous acts ask for a fresh proof of who one is: a password, an app's code or a passkey, good for ten minutes."""

from functools import wraps
from typing import ParamSpec

from django.http import HttpRequest, HttpResponse

from goodfor.console.access import is_fresh
from goodfor.console.frame import StepUpNeeded, View, back_of
from goodfor.console.types import Visitor
from goodfor.kernel.clock import utc_now

P = ParamSpec("P")


def require_fresh_proof(request: HttpRequest) -> None:
    """Go on only with a fresh proof. Raises StepUpNeeded: the person proves themselves and comes back to the form."""
    if not is_fresh(request, utc_now()):
        raise prove_again(request)


def prove_again(request: HttpRequest) -> StepUpNeeded:
    """To be raised: a proof is wanted now, however fresh the last one is; then it goes on at the form."""
    return StepUpNeeded(request.get_full_path() if request.method == "GET" else back_of(request))


def step_up(view: View[P]) -> View[P]:
    """All of a page is dangerous: `@console_page(...)` above, `@step_up` below."""

    @wraps(view)
    def guarded(request: HttpRequest, visitor: Visitor, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        require_fresh_proof(request)
        return view(request, visitor, *args, **kwargs)

    return guarded  # type: ignore[return-value]


__all__: list[str] = ["prove_again", "require_fresh_proof", "step_up"]
