import pytest
from hypothesis import given
from hypothesis import strategies as st

from airside.authoring.summary.addresses import cleaned

SIGNED = "https://bucket.s3.amazonaws.com/a/b.csv?X-Amz-Credential=AKIA&X-Amz-Signature=0a1b&versionId=7"
WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=8, max_size=20)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org/a?from=1&to=2#top", "https://example.org/a?from=1&to=2"),
        ("https://ann:hunter2@example.org:8443/a", "https://example.org:8443/a"),
        (SIGNED, "https://bucket.s3.amazonaws.com/a/b.csv?versionId=7"),
        ("https://x.blob.core.windows.net/a?sv=2024&sig=abc%3D", "https://x.blob.core.windows.net/a?sv=2024"),
        ("https://example.org/?access_token=1&password=2&apikey=3&id=4", "https://example.org/?id=4"),
        (f"https://example.org/?q={'a' * 65}", "https://example.org/"),
        ("s3://bucket/key with=1/part", None),
        ("s3://bucket/day=2026-11-21/part", "s3://bucket/day=2026-11-21/part"),
        ("s3://KEY:SECRET@bucket/x", "s3://bucket/x"),
        ("abfss://data@account.dfs.core.windows.net/x", "abfss://data@account.dfs.core.windows.net/x"),
        ("abfss://user:pass@account.dfs.core.windows.net/x", "abfss://account.dfs.core.windows.net/x"),
        (" HTTPS://example.org/a ", "https://example.org/a"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("https://", None),
        ("https://example.org:port/", None),
        ("https://[::1/", None),
        ("https://example.org/a\nb", None),
        ("https://example.org/" + "a" * 2000, None),
        ("orders", None),
        ("", None),
    ],
)
def test_an_address_is_kept_without_what_opens_something(address: str, expected: str | None) -> None:
    assert cleaned(address) == expected


@given(WORD, WORD, st.sampled_from(["token", "sig", "X-Amz-Security-Token", "api_key", "Password", "client_secret"]))
def test_no_secret_of_the_usual_places_is_left(secret: str, user: str, name: str) -> None:
    found = cleaned(f"https://{user}-u:{secret}-p@example.org/path?{name}={secret}-q#{secret}-f")
    assert found == "https://example.org/path"


@given(st.text(max_size=60))
def test_a_cleaned_address_is_clean(text: str) -> None:
    for address in (text, f"https://{text}"):
        if (once := cleaned(address)) is not None:
            assert cleaned(once) == once
