"""The people of a shop: who they are, what they may do, whether they are well protected; inviting and letting go."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import queries, setting_words, words
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.operations.end_sessions import end_sessions
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import SECOND_FACTOR_ROLES, Visitor
from goodfor.identity import queries as identity
from goodfor.identity.errors import StaffNotFound
from goodfor.identity.operations.change_role import change_role
from goodfor.identity.operations.invite_staff import invite_staff
from goodfor.identity.operations.renew_invitation import renew_invitation
from goodfor.identity.types import NewSigninLink, Permission, Role, StaffView
from goodfor.kernel import audit
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput

PAGE: Final = "desk:staff"


def _roles() -> list[tuple[str, str]]:
    return [(role, f"{words.ROLES[role]} · {setting_words.ROLE_NOTES[role]}") for role in Role]


@console_page(Permission.STAFF_VIEW, methods=("GET", "POST"))
def staff(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Everybody, and inviting somebody new."""
    if request.method != "POST":
        return _staff(request, visitor)
    if not visitor.may(Permission.STAFF_MANAGE):
        raise NotAllowed
    require_fresh_proof(request)
    try:
        link = invite_staff(
            shop_id=visitor.shop.id,
            username=request.POST.get("username", ""),
            role=request.POST.get("role", ""),
            actor=visitor.actor,
            now=utc_now(),
        )
    except DomainError as error:
        return _staff(request, visitor, error)
    return _link(request, visitor, link, request.POST.get("username", "").strip())


def _staff(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    everybody = identity.staff_of_shop(visitor.shop.id)
    seen = queries.last_seen([one.user_id for one in everybody])
    rows = [
        {
            "one": one,
            "role": words.word(words.ROLES, one.role),
            "seen": seen.get(one.user_id),
            "factors": queries.factors_of(one.user_id),
            "needs": one.role in SECOND_FACTOR_ROLES,
        }
        for one in sorted(everybody, key=lambda one: not one.active)
    ]
    context = {
        "rows": rows,
        "roles": _roles(),
        "may_manage": visitor.may(Permission.STAFF_MANAGE),
        "error": error,
        "typed": request.POST.dict() if error else {},
    }
    return show(request, visitor, "settings/staff", context, page=PAGE, status=error.http_status if error else 200)


def _link(request: HttpRequest, visitor: Visitor, link: NewSigninLink, name: str) -> HttpResponse:
    """The one-time link, shown in the answer to the form and nowhere else."""
    context = {
        "title": _("%(name)s 的登录链接") % {"name": name},
        "link": request.build_absolute_uri(f"{reverse('console-signin')}?token={link.token}"),
        "expires_at": link.expires_at,
        "back": reverse(PAGE),
    }
    return show(request, visitor, "settings/staff_link", context, page=PAGE, crumbs=[(_("成员"), reverse(PAGE))])


def _member(visitor: Visitor, staff_id: UUID) -> StaffView:
    found = next((one for one in identity.staff_of_shop(visitor.shop.id) if one.id == staff_id), None)
    if found is None:
        raise StaffNotFound
    return found


@console_page(Permission.STAFF_VIEW, methods=("GET", "POST"))
def member(request: HttpRequest, visitor: Visitor, staff_id: UUID) -> HttpResponse:
    """One person: role, sessions, a new link, letting go."""
    one = _member(visitor, staff_id)
    if request.method != "POST":
        return _page(request, visitor, one)
    if not visitor.may(Permission.STAFF_MANAGE):
        raise NotAllowed
    require_fresh_proof(request)
    try:
        if request.POST.get("act") == "link":
            link = renew_invitation(shop_id=visitor.shop.id, staff_id=staff_id, actor=visitor.actor, now=utc_now())
            return _link(request, visitor, link, one.username)
        said = _change(request, visitor, one)
    except DomainError as error:
        return _page(request, visitor, one, error)
    return done(request, said, reverse("desk:member", args=[staff_id]))


def _change(request: HttpRequest, visitor: Visitor, one: StaffView) -> str:
    act, now = request.POST.get("act", ""), utc_now()
    if act == "sessions":
        count = end_sessions(user_id=one.user_id, now=now)
        audit.record(
            shop_id=visitor.shop.id, actor=visitor.actor, action="console.sessions_ended", subject=("staff", one.id),
            data={"count": count}, now=now,
        )  # fmt: skip
        return _("已退出 %(n)d 台设备") % {"n": count}
    changes: dict[str, Any] = {
        "role": {"role": request.POST.get("role", ""), "active": one.active},
        "leave": {"role": one.role, "active": False},
        "return": {"role": one.role, "active": True},
    }
    if act not in changes:
        raise InvalidInput
    change_role(shop_id=visitor.shop.id, staff_id=one.id, **changes[act], actor=visitor.actor, now=now)
    if act == "leave" and not any(place.active for _shop, place in identity.places_of_user(one.user_id)):
        end_sessions(user_id=one.user_id, now=now)
    return {"role": _("角色已修改"), "leave": _("已停用"), "return": _("已恢复")}[act]


def _page(request: HttpRequest, visitor: Visitor, one: StaffView, error: DomainError | None = None) -> HttpResponse:
    context = {
        "title": one.username,
        "one": one,
        "role": words.word(words.ROLES, one.role),
        "roles": _roles(),
        "factors": queries.factors_of(one.user_id),
        "seen": queries.last_seen([one.user_id]).get(one.user_id),
        "may_manage": visitor.may(Permission.STAFF_MANAGE),
        "error": error,
    }
    crumbs = [(_("成员"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "settings/member", context, page=PAGE, crumbs=crumbs, status=status)
