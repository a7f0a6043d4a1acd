import cProfile, pstats, time, sys
from random import Random
import pytest
from goodfor.kernel.ids import uuid7
from goodfor.risk.tests.door_helpers import *
from goodfor.risk.operations.knock import knock
pytestmark = pytest.mark.django_db(transaction=True)
def test_prof(now):
    shop=uuid7(); rng=Random(1)
    def go(n, ip, dev, buyer=""):
        t=time.perf_counter()
        for i in range(n):
            knock(shop_id=shop, door="redeem", keys=keys(ip(i), dev(i), buyer), now=now)
        return (time.perf_counter()-t)/n*1e6
    print("counted", go(1000, lambda i:f"10.{i//250}.{i%250}.1", lambda i:f"d{i}"))
    for _ in range(8): try_at(shop,"redeem",now,ip="1.2.3.4")
    print("locked", go(3000, lambda i:"1.2.3.4", lambda i:f"x{i}"))
    print("locked nodev", go(3000, lambda i:"1.2.3.4", lambda i:""))
    sql("SELECT 1")
    from django.db import connection
    t=time.perf_counter()
    for i in range(2000):
        connection.connection.execute("SELECT 1")
    print("select1", (time.perf_counter()-t)/2000*1e6)
    p=cProfile.Profile(); p.enable(); go(3000, lambda i:"1.2.3.4", lambda i:f"x{i}"); p.disable()
    pstats.Stats(p, stream=sys.stdout).sort_stats("tottime").print_stats(18)
