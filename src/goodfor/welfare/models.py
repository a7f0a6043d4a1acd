"""Tables of companies, their people, employees and orders. The constraints say what can be.

Those of grants are in grant_models.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.welfare import states
from goodfor.welfare.grant_models import Grant as Grant
from goodfor.welfare.grant_models import GrantLine as GrantLine
from goodfor.welfare.grant_models import Rule as Rule
from goodfor.welfare.worth import MOST_MARKUP_BP, MOST_MINOR


class Company(models.Model):
    """Who prepays, what its people may buy, and what it pays for that on top."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=8, default=states.ON)
    currency = models.CharField(max_length=3)
    #: Of mail addresses by which its people may join, lower case.
    domains = ArrayField(models.CharField(max_length=120), default=list)
    #: What may be bought: goods of these categories, and these SKUs. None of both: nothing.
    categories = ArrayField(models.UUIDField(), default=list)
    skus = ArrayField(models.UUIDField(), default=list)
    markup_bp = models.IntegerField(default=0)
    contact_key_id = models.SmallIntegerField(null=True)
    contact_blob = models.BinaryField(null=True)
    #: The API client that may grant for it.
    client_id = models.UUIDField(null=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "welfare_company"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "code"], name="welfare_company_code"),
            models.UniqueConstraint(
                fields=["shop_id", "client_id"], name="welfare_company_client", condition=Q(client_id__isnull=False)
            ),
            models.CheckConstraint(condition=Q(state__in=sorted(states.COMPANY.states)), name="welfare_company_state"),
            models.CheckConstraint(condition=Q(markup_bp__range=(0, MOST_MARKUP_BP)), name="welfare_company_markup"),
            models.CheckConstraint(
                condition=Q(contact_key_id__isnull=True, contact_blob__isnull=True)
                | Q(contact_key_id__isnull=False, contact_blob__isnull=False),
                name="welfare_company_contact",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.code}"


class Person(models.Model):
    """Somebody of a company who looks after it, and signs in by codes to a mail address."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default=states.ACTIVE)
    mail_key_id = models.SmallIntegerField()
    mail_blob = models.BinaryField()
    mail_index = models.BinaryField(max_length=16)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    last_in_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "welfare_person"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "mail_index"], name="welfare_person_mail", condition=Q(state=states.ACTIVE)
            ),
            models.CheckConstraint(condition=Q(state__in=sorted(states.PERSON.states)), name="welfare_person_state"),
            models.CheckConstraint(condition=Q(role__in=states.ROLES), name="welfare_person_role"),
        ]
        indexes = [models.Index(fields=["shop_id", "company", "id"], name="welfare_person_of")]

    def __str__(self) -> str:
        return f"{self.role} {self.id}"


class Session(models.Model):
    """A browser in which somebody of a company is signed in. Its token is kept as a hash."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    token_hash = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "welfare_session"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "token_hash"], name="welfare_session_token"),
            models.CheckConstraint(condition=Q(ends_at__gte=F("made_at")), name="welfare_session_ends"),
        ]
        indexes = [models.Index(fields=["ends_at"], name="welfare_session_over")]

    def __str__(self) -> str:
        return f"{self.person_id}"


class Prepayment(models.Model):
    """Money that came by the bank, entered by the shop's staff; once for a bank's reference. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    bank = models.CharField(max_length=40)
    reference = models.CharField(max_length=80)
    paid_on = models.DateField()
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        db_table = "welfare_prepayment"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "bank", "reference"], name="welfare_prepayment_once"),
            models.CheckConstraint(condition=Q(minor__range=(1, MOST_MINOR)), name="welfare_prepayment_minor"),
        ]
        indexes = [models.Index(fields=["shop_id", "company", "-id"], name="welfare_prepayment_of")]

    def __str__(self) -> str:
        return f"{self.minor} {self.reference}"


class InvoiceWish(models.Model):
    """A company wants an invoice of a prepayment; the shop writes it, and says under which number."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    prepayment = models.OneToOneField(Prepayment, on_delete=models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, default=states.ASKED)
    title = models.CharField(max_length=120)
    tax_number = models.CharField(max_length=20)
    number = models.CharField(max_length=40, default="", blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    done_by = models.CharField(max_length=80, default="", blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "welfare_invoice"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(states.INVOICE.states)), name="welfare_invoice_state"),
            models.CheckConstraint(
                condition=~Q(state=states.WRITTEN) | (~Q(number="") & Q(done_at__isnull=False)),
                name="welfare_invoice_number",
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "company", "-id"], name="welfare_invoice_of")]

    def __str__(self) -> str:
        return f"{self.state} {self.title}"


class Employee(models.Model):
    """Somebody who works for a company. Units are held under this row's id, whoever joins it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    work_id = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    department = models.CharField(max_length=80, default="", blank=True)
    #: Month and day as a number: 229 is the leap day.
    birthday = models.SmallIntegerField(null=True)
    joined_on = models.DateField(null=True)
    state = models.CharField(max_length=8, default=states.INVITED)
    buyer_id = models.UUIDField(null=True)
    mail_key_id = models.SmallIntegerField(null=True)
    mail_blob = models.BinaryField(null=True)
    mail_index = models.BinaryField(max_length=16, null=True)
    phone_key_id = models.SmallIntegerField(null=True)
    phone_blob = models.BinaryField(null=True)
    #: Links of an earlier number are good for nothing.
    link_no = models.IntegerField(default=1)
    #: A letter with the link is to go out; when it did.
    invite_due = models.BooleanField(default=False)
    invited_at = models.DateTimeField(null=True)
    bound_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "welfare_employee"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "company", "work_id"], name="welfare_employee_work_id"),
            models.UniqueConstraint(
                fields=["shop_id", "company", "mail_index"], name="welfare_employee_mail",
                condition=Q(mail_index__isnull=False) & ~Q(state=states.LEFT),
            ),
            models.UniqueConstraint(
                fields=["shop_id", "company", "buyer_id"], name="welfare_employee_buyer",
                condition=Q(buyer_id__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.EMPLOYEE.states)), name="welfare_employee_state"
            ),
            models.CheckConstraint(
                condition=Q(state=states.JOINED, buyer_id__isnull=False, bound_at__isnull=False)
                | (~Q(state=states.JOINED) & Q(buyer_id__isnull=True)),
                name="welfare_employee_bound",
            ),
            models.CheckConstraint(
                condition=Q(state=states.LEFT, left_at__isnull=False)
                | (~Q(state=states.LEFT) & Q(left_at__isnull=True)),
                name="welfare_employee_left",
            ),
            models.CheckConstraint(
                condition=Q(birthday__isnull=True) | Q(birthday__range=(101, 1231)), name="welfare_employee_birthday"
            ),
            models.CheckConstraint(
                condition=Q(mail_key_id__isnull=True, mail_blob__isnull=True, mail_index__isnull=True)
                | Q(mail_key_id__isnull=False, mail_blob__isnull=False, mail_index__isnull=False),
                name="welfare_employee_mail_whole",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["shop_id", "buyer_id"], name="welfare_employee_of_buyer", condition=Q(buyer_id__isnull=False)
            ),
            models.Index(
                fields=["shop_id", "company", "birthday"], name="welfare_employee_birthdays",
                condition=Q(birthday__isnull=False) & ~Q(state=states.LEFT),
            ),
            models.Index(fields=["id"], name="welfare_employee_invites", condition=Q(invite_due=True)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.state} {self.id}"


class Use(models.Model):
    """An order that units paid for, all of it or a part. `minor`: of its price; what the units were more is the fee."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    order_id = models.UUIDField()
    request_key = models.CharField(max_length=40)
    units = models.BigIntegerField()
    minor = models.BigIntegerField()
    #: Units that came back.
    back = models.BigIntegerField(default=0)
    #: As it was when it was spent.
    department = models.CharField(max_length=80, default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "welfare_use"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "order_id"], name="welfare_use_order"),
            models.UniqueConstraint(fields=["shop_id", "employee", "request_key"], name="welfare_use_once"),
            models.CheckConstraint(
                condition=Q(minor__gte=1, units__gte=F("minor"), back__gte=0, back__lte=F("units")),
                name="welfare_use_units",
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "company", "at"], name="welfare_use_of")]

    def __str__(self) -> str:
        return f"{self.units} {self.order_id}"


class UsePart(models.Model):
    """How many of an order's units went for goods of a category."""

    pk = models.CompositePrimaryKey("shop_id", "use_id", "category_id")
    shop_id = models.UUIDField()
    use = models.ForeignKey(Use, on_delete=models.PROTECT, related_name="+")
    category_id = models.UUIDField()
    units = models.BigIntegerField()

    class Meta:
        db_table = "welfare_use_part"
        constraints = [models.CheckConstraint(condition=Q(units__gte=0), name="welfare_use_part_units")]

    def __str__(self) -> str:
        return f"{self.category_id} {self.units}"
