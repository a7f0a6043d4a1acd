import pytest
from django.db import connection
from goodfor.config import tenancy_check
from goodfor.kernel.tenancy import platform_job
from goodfor.vault.models import Code, Stock
from goodfor.kernel.ids import uuid7
@pytest.fixture(autouse=True)
def inst():
    tenancy_check.install(); tenancy_check.install()
    yield
    from goodfor.kernel import sql
    sql.observers.remove(tenancy_check._observe); connection.execute_wrappers.remove(tenancy_check._wrap)
@pytest.mark.django_db(transaction=True)
def test_it():
    assert len(tenancy_check.tenant_tables())>20, tenancy_check.tenant_tables()
    print(sorted(tenancy_check.tenant_tables()))
    assert list(Code.objects.filter(shop_id=uuid7()).values_list("id"))==[]
    for bad in (lambda: list(Code.objects.values_list("id")), lambda: Code.objects.count(), lambda: Code.objects.filter(id=uuid7()).delete(),
        lambda: connection.cursor().execute("SELECT 1 FROM vault_code -- shop_id")):
        with pytest.raises(AssertionError, match="vault_code"): bad()
    with platform_job("x"): list(Code.objects.values_list("id"))
    assert len(connection.execute_wrappers)==1
    with pytest.raises(Exception):
        connection.cursor().execute("boom")
