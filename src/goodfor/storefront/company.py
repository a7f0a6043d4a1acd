"""The console of a company that gives its people something: its own session, and the frame around its pages.

`gf_company` holds a random token that opens a session of twelve hours; the room keeps it as a hash. It opens nothing
of a buyer or of the shop's staff.
"""

from collections.abc import Callable
from typing import Any, Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect

from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.storefront.advice import advice_for
from goodfor.storefront.client import scheme_and_host
from goodfor.storefront.page import BODY, page, show
from goodfor.welfare import queries as welfare
from goodfor.welfare.errors import ManagerNeeded, SignInFirst
from goodfor.welfare.operations.sign_in import LIVES
from goodfor.welfare.types import SignedIn

P = ParamSpec("P")
CompanyView = Callable[Concatenate[HttpRequest, ShopView, SignedIn, P], HttpResponse]
COOKIE: Final = "gf_company"
PATH: Final = "/company"


def company_page(
    *methods: str, manages: bool = False, body: int = BODY
) -> Callable[[CompanyView[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Make `view(request, shop, here, ...)` a page for people of a company. `manages`: not for those who only look.

    Whoever is not signed in is led to sign in.
    """

    def decorate(view: CompanyView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        def guarded(request: HttpRequest, shop: ShopView, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                here = welfare.signed_in(shop.id, request.COOKIES.get(COOKIE, ""), utc_now())
            except SignInFirst:
                return redirect("storefront:company_in")
            if manages and not here.person.manages:
                raise ManagerNeeded
            return view(request, shop, here, *args, **kwargs)

        return page(*methods, private=True, body=body)(guarded)

    return decorate


def let_in(response: HttpResponse, request: HttpRequest, here: SignedIn) -> HttpResponse:
    """Give the browser its token."""
    response.set_cookie(
        COOKIE, here.token, max_age=int(LIVES.total_seconds()), path=PATH, httponly=True, samesite="Lax",
        secure=scheme_and_host(request).startswith("https:"),
    )  # fmt: skip
    rotate_token(request)
    return response


def let_out(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """Take it away."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
    rotate_token(request)
    return response


def show_company(
    request: HttpRequest, here: SignedIn, name: str, context: dict[str, Any], *, error: DomainError | None = None,
    status: int = 0,
) -> HttpResponse:  # fmt: skip
    """Render `storefront/company/<name>.html` with who is here."""
    known = {"company": here.company, "error": error, "advice": advice_for(error) if error else ""}
    code = status or (error.http_status if error else 200)
    return show(request, f"company/{name}", {**context, **known, "me": here}, status=code)
