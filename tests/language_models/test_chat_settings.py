import json
import traceback

import pytest

from stoa.cli.commands import show_settings
from stoa.errors import BadInput
from stoa.settings import load_settings

KEY = "sk-very-secret-0123456789"


def test_the_key_is_never_shown(monkeypatch, capsys):
    monkeypatch.setenv("STOA_LLM_KEY", KEY)
    settings = load_settings()
    assert settings.llm_key.get_secret_value() == KEY
    show_settings()
    show_settings(json=True)
    assert KEY not in capsys.readouterr().out + repr(settings) + str(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STOA_LLM_KEY", f"{KEY} with blanks"),
        ("STOA_LLM_URL", f"https://host.example/v1?key={KEY}"),
        ("STOA_LLM_URL", f"https://me:{KEY}@host.example/v1"),
    ],
)
def test_a_refused_secret_is_in_no_message_and_no_traceback(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match=name) as wrong:
        load_settings()
    told = "".join(traceback.format_exception(wrong.value))
    assert KEY not in told


@pytest.mark.parametrize("url", ["http://host.example/v1", "host.example", "ftp://host.example"])
def test_an_endpoint_that_would_leak_is_refused_at_the_start(monkeypatch, url):
    monkeypatch.setenv("STOA_LLM_URL", url)
    with pytest.raises(BadInput, match="STOA_LLM_URL"):
        load_settings()


def test_plain_http_is_for_this_machine_or_on_demand(monkeypatch):
    assert load_settings(llm_url="http://localhost:1/v1/").llm_url == "http://localhost:1/v1"
    monkeypatch.setenv("STOA_LLM_PLAIN_HTTP", "true")
    assert load_settings(llm_url="http://10.0.0.3/v1").llm_url == "http://10.0.0.3/v1"


def test_an_unset_endpoint_is_listed_as_such(capsys):
    show_settings(json=True)
    shown = json.loads(capsys.readouterr().out)
    assert (shown["llm_url"], shown["llm_key"]) == ("", "")
