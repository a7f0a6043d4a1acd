"""The vendor's own example."""

from goodfor.notify.providers.aliyun.signing import authorization, body_hash, canonical_query


def test_the_example_of_the_documentation() -> None:
    """Source: Alibaba Cloud, V3 request structure and signature, fixed parameters example (RunInstances)."""
    query = canonical_query(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )
    header = authorization(
        key_id="YourAccessKeyId",
        secret="YourAccessKeySecret",
        method="POST",
        path="/",
        query=query,
        headers={
            "host": "ecs.cn-shanghai.aliyuncs.com",
            "x-acs-action": "RunInstances",
            "x-acs-content-sha256": body_hash(b""),
            "x-acs-date": "2023-10-26T10:22:32Z",
            "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
            "x-acs-version": "2014-05-26",
        },
        hashed_body=body_hash(b""),
    )
    assert header == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_encoding_is_that_of_rfc_3986() -> None:
    assert canonical_query({"b": "a b*~+/", "a": "您好"}) == "a=%E6%82%A8%E5%A5%BD&b=a%20b%2A~%2B%2F"
