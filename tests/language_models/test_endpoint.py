import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.errors import BadInput
from stoa.language_models.endpoint import Endpoint, checked_base

KEY = "sk-very-secret-0123456789"


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://host.example/v1", "https://host.example/v1/chat/completions"),
        ("https://host.example/v1/chat/completions/", "https://host.example/v1/chat/completions"),
        ("https://HOST.example", "https://host.example/chat/completions"),
        ("http://localhost:11434/v1", "http://localhost:11434/v1/chat/completions"),
        ("http://[::1]:80/v1", "http://[::1]:80/v1/chat/completions"),
    ],
)
def test_an_address_is_found_under_the_base(base, url):
    assert Endpoint.of(base, KEY).url == url


@pytest.mark.parametrize(
    "base",
    [
        "http://host.example/v1",
        "http://10.0.0.3:11434/v1",
        "http://localhost.evil.example/v1",
        "http://127.0.0.1@evil.example/v1",
        "https://user:pass@host.example/v1",
        "https://host.example/v1?key=1",
        "https://host.example/v1#part",
        "ftp://host.example",
        "host.example/v1",
        "https://",
        "https://host.example:99999/v1",
        "https://ho st.example/v1",
        "",
    ],
)
def test_an_address_that_would_leak_or_lead_nowhere_is_refused(base):
    with pytest.raises(BadInput):
        Endpoint.of(base, KEY)


def test_plain_http_to_another_machine_needs_a_word():
    assert Endpoint.of("http://10.0.0.3/v1", KEY, plain_http=True).host == "10.0.0.3"


@pytest.mark.parametrize(
    "key", ["two words", "line\nbreak", "ümlaut", "x" * 5000, "\r\nHost: evil"]
)
def test_a_key_that_no_header_carries_is_refused_and_not_shown(key):
    with pytest.raises(BadInput) as wrong:
        Endpoint.of("https://host.example", key)
    assert key not in str(wrong.value)


def test_the_key_is_in_no_repr_and_taken_out_of_texts():
    endpoint = Endpoint.of("https://host.example", KEY)
    assert KEY not in repr(endpoint)
    assert endpoint.hidden(f"bad key {KEY}!") == "bad key (hidden)!"


@pytest.mark.parametrize(
    "secret", ["https://me:hunter2@host.example", "https://h.example?k=hunter2"]
)
def test_a_refused_address_with_a_secret_in_it_is_not_shown(secret):
    with pytest.raises(BadInput) as wrong:
        checked_base(secret)
    assert "hunter2" not in str(wrong.value)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_bad_input(text):
    try:
        url, host = checked_base(text)
    except BadInput:
        return
    assert url.startswith(("https://", "http://"))
    assert host
    assert checked_base(url) == (url, host)
