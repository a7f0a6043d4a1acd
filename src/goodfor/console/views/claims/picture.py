"""A buyer's picture of a claim."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.pictures import CONTENT_TYPE
from goodfor.console.frame import console_page
from goodfor.console.judging import PICTURE, Looking, judge, noted, remember_shown, shown_before
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission


@console_page(Permission.CLAIMS_DECIDE)
def picture(request: HttpRequest, visitor: Visitor, ticket_id: UUID, picture_id: UUID) -> HttpResponse:
    """Only for those who decide about claims: it may show a code."""
    content = aftersales.picture_content(visitor.shop.id, ticket_id, picture_id)
    if not shown_before(request, picture_id):
        noted(judge(request, visitor, Looking(PICTURE, 1)))
        remember_shown(request, picture_id)
    return HttpResponse(content, content_type=CONTENT_TYPE)
