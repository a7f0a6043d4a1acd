"""Passkeys: GET gives the browser its challenge, POST takes its answer. allauth's WebAuthn does the checking."""

import json
from typing import Any, Final

from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import pgettext
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from goodfor.console import queries
from goodfor.console.client import network_of
from goodfor.console.entering import judge_entry
from goodfor.console.errors import WrongCode
from goodfor.console.frame import EVERYBODY, console_page, dress, local_path
from goodfor.console.operations.count_try import count_try
from goodfor.console.operations.factors import add_passkey
from goodfor.console.operations.forgive_try import forgive_try
from goodfor.console.types import Visitor
from goodfor.console.views.account import proved, require_own_proof, secured
from goodfor.console.views.door import enter, entry_of, pending_user, refused
from goodfor.identity import queries as identity
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError

_MAX: Final = 20_000


def _credential(request: HttpRequest) -> dict[str, Any]:
    """What the browser sent. Raises WrongCode."""
    text = request.POST.get("credential", "")
    try:
        found = json.loads(text) if len(text) <= _MAX else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise WrongCode
    return found


def _check(user: User, credential: dict[str, Any]) -> None:
    try:
        webauthn.complete_authentication(user, credential).record_usage()
    # What strangers send may break any part of the parsing: nothing of that is worth more than "wrong".
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        raise WrongCode from None


@csrf_protect
@require_http_methods(["GET", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    """Come in by a passkey alone; after a password it is the second factor and belongs to that person."""
    now = utc_now()
    pending = pending_user(request, now)
    user = User.objects.filter(pk=pending).first() if pending else None
    if request.method == "GET":
        return dress(JsonResponse(webauthn.begin_authentication(user)))
    try:
        count_try(scope="address", subject=network_of(request), now=now)
        credential = _credential(request)
        owner = user or _owner(credential)
        _check(owner, credential)
    except DomainError as error:
        context = {"factors": queries.factors_of(pending)} if pending else {}
        return refused(request, "second" if pending else "signin", error, context)
    forgive_try(scope="address", subject=network_of(request), everything=False)
    if pending:
        return enter(request, pending, "passkey", request.POST.get("next", ""), now, entry_of(request))
    try:
        entry = judge_entry(request, now, user_id=int(owner.pk))
    except DomainError as error:
        return refused(request, "signin", error, {})
    return enter(request, int(owner.pk), "passkey", request.POST.get("next", ""), now, entry)


def _owner(credential: dict[str, Any]) -> User:
    try:
        user = webauthn.extract_user_from_response(credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        raise WrongCode from None
    if not isinstance(user, User) or not user.is_active or not identity.places_of_user(int(user.pk)):
        raise WrongCode
    return user


@console_page(EVERYBODY, methods=("GET", "POST"), unprepared=True)
def add(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Make a passkey for this account."""
    require_own_proof(request, visitor)
    user = User.objects.get(pk=visitor.staff.user_id)
    if request.method == "GET":
        return JsonResponse(webauthn.begin_registration(user, passwordless=True))
    credential = _credential(request)
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        raise WrongCode from None
    codes = add_passkey(
        shop_id=visitor.shop.id,
        user_id=visitor.staff.user_id,
        name=request.POST.get("name", "").strip() or pgettext("one", "通行密钥"),
        credential=credential,
        actor=visitor.actor,
        now=utc_now(),
    )
    return secured(request, visitor, codes)


@console_page(EVERYBODY, methods=("GET", "POST"), unprepared=True)
def prove(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Prove who one is with a passkey."""
    user = User.objects.get(pk=visitor.staff.user_id)
    if request.method == "GET":
        return JsonResponse(webauthn.begin_authentication(user))
    _check(user, _credential(request))
    proved(request, visitor)
    return redirect(local_path(request.POST.get("next", ""), "/console/"))
