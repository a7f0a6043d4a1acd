"""Addresses of compensation and recoveries."""

from django.urls import path

from goodfor.console.views import aftersale_money

aftersale_money_urls = [
    path("claims/money/", aftersale_money.money, name="claim-money"),
    path("claims/money/rate", aftersale_money.rate, name="claim-money-rate"),
    path("claims/money/grants/<uuid:grant_id>/pay", aftersale_money.pay, name="claim-grant-pay"),
    path("claims/money/suppliers/<uuid:supplier_id>/", aftersale_money.supplier, name="claim-recoveries"),
    path("claims/money/suppliers/<uuid:supplier_id>/act", aftersale_money.act, name="claim-recoveries-act"),
    path("claims/money/recoveries/<uuid:recovery_id>/", aftersale_money.recovery, name="claim-recovery"),
]
