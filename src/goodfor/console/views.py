"""Coming in by a one-time link, and the choice of language."""

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from goodfor.console import door
from goodfor.console.access import remember
from goodfor.identity.errors import InvalidSigninLink
from goodfor.identity.operations.use_signin_link import use_signin_link
from goodfor.kernel.clock import utc_now

BACKEND = "django.contrib.auth.backends.ModelBackend"
YEAR = 365 * 24 * 3600


@sensitive_post_parameters("token")
@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    """GET shows a button, so that programs which look into links use nothing up; POST uses the link."""
    if request.method != "POST":
        token = request.GET.get("token", "")
        return door.page(request, "open", {"token": token}) if token else door.page(request, "closed", status=403)
    try:
        signed_in = use_signin_link(token=request.POST.get("token", ""), now=utc_now())
    except InvalidSigninLink:
        return door.page(request, "used", status=403)
    user = get_user_model().objects.get(pk=signed_in.user_id)
    # Nothing of a session that somebody else may have begun in this browser goes on.
    request.session.flush()
    login(request, user, backend=BACKEND)
    remember(request, signed_in)
    return redirect("console:index")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose a language and go back to where one was in the console."""
    back = request.POST.get("next") or request.headers.get("referer", "")
    if "token=" in back or not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/console/"
    answer = redirect(back)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=YEAR,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return answer
