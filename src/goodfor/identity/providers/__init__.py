"""Sign-ins by accounts elsewhere. The protocol is django-allauth's; who is whose account here is our own (ADR 16)."""
