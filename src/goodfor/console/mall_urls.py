"""Addresses of the mall."""

from typing import Final

from django.urls import URLPattern, path

from goodfor.console.views.mall import draws, redeemed, rewards

mall_urls: Final[list[URLPattern]] = [
    path("mall/", rewards.listed, name="mall"),
    path("mall/new", rewards.make, name="mall-reward-new"),
    path("mall/redeemed", redeemed.listed, name="mall-redeemed"),
    path("mall/<uuid:reward_id>/", rewards.edit, name="mall-reward"),
    path("mall/<uuid:reward_id>/turn", rewards.turn, name="mall-reward-turn"),
    path("draws/", draws.listed, name="draws"),
    path("draws/new", draws.make, name="draw-new"),
    path("draws/<uuid:draw_id>/", draws.one, name="draw"),
    path("draws/<uuid:draw_id>/edit", draws.edit, name="draw-edit"),
    path("draws/<uuid:draw_id>/turn", draws.turn, name="draw-turn"),
    path("draws/plays/<uuid:play_id>/", draws.play, name="draw-play"),
]
