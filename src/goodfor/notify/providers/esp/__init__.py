"""E-mail by any service that django-anymail knows."""
