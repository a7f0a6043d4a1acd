"""Make a login for a person."""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from goodfor.identity.errors import InvalidIdentity, UserExists


def create_user(*, username: str, email: str = "", password: str | None = None) -> int:
    """Make a login and return its id; without a password only a sign-in link lets this person in.

    Raises InvalidIdentity, UserExists.
    """
    username = User.normalize_username(username.strip())
    if not username or len(username) > 150 or not username.isprintable():
        raise InvalidIdentity(field="username")
    try:
        with transaction.atomic():
            return User.objects.create_user(username=username, email=email or None, password=password).pk
    except IntegrityError as error:
        raise UserExists from error
