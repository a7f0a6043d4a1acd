"""Addresses of claims: the queue, one of them, the decision table."""

from django.urls import path

from goodfor.console.desk.claims import CLAIMS
from goodfor.console.listing.pages import listing_urls
from goodfor.console.views.claims import claim, picture, replies, rules

claim_urls = [
    *listing_urls("claims/", CLAIMS),
    path("claims/rules/", rules.rules, name="claim-rules"),
    path("claims/rules/change", rules.change, name="claim-rules-change"),
    path("claims/rules/row", rules.row, name="claim-rule"),
    path("claims/rules/trial", rules.trial, name="claim-rules-trial"),
    path("claims/rules/save", rules.save, name="claim-rules-save"),
    path("claims/replies/", replies.replies, name="claim-replies"),
    path("claims/<uuid:ticket_id>/", claim.claim, name="claim"),
    path("claims/<uuid:ticket_id>/decide", claim.decide, name="claim-decide"),
    path("claims/<uuid:ticket_id>/ask", claim.ask, name="claim-ask"),
    path("claims/<uuid:ticket_id>/write", claim.write, name="claim-write"),
    path("claims/<uuid:ticket_id>/pictures/<uuid:picture_id>", picture.picture, name="claim-picture"),
    path("claims/<uuid:ticket_id>/complain", claim.complain, name="claim-complain"),
]
