"""What welfare has sealed: mail addresses and telephone numbers."""

from goodfor.kernel.resealing import column
from goodfor.welfare.contacts import aad

SEALED = [
    column("welfare_company", "contact_", ("id",), aad),
    column("welfare_person", "mail_", ("id",), aad),
    column("welfare_employee", "mail_", ("id",), aad),
    column("welfare_employee", "phone_", ("id",), aad),
]
