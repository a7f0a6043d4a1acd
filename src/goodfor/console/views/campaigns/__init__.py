"""Campaigns in the console: the list, the form in steps, one campaign, coupons, and what can be tried beforehand."""
