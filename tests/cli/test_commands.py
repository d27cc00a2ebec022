"""What the commands print, where, and with which exit status."""

import json
import re
import socket
import sys
from importlib.metadata import version

import pytest
import structlog

from stoa.cli import main
from stoa.cli.running import announce, running_url
from stoa.cli.up import claim_port, told
from stoa.errors import PortInUse, StoreFull
from stoa.settings import Settings


@pytest.fixture
def stoa(monkeypatch, capsys, tmp_path):
    """Runs a command in this process; returns exit status, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for name in list(sys.modules["os"].environ):
        if name.startswith("STOA_"):
            monkeypatch.delenv(name)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["stoa", *arguments])
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    yield run
    structlog.reset_defaults()  # a command may have sent logs to this test's stderr


def test_the_version_is_the_packages(stoa):
    assert stoa("--version") == (0, version("stoa") + "\n", "")


def test_every_setting_is_listed_with_its_variable(stoa, monkeypatch):
    monkeypatch.setenv("STOA_PORT", "9999")
    monkeypatch.setenv("STOA_API_KEYS", "secret-key")
    status, out, err = stoa("settings")
    assert (status, err) == (0, "")
    assert re.findall(r"^(STOA_\w+) = ", out, re.MULTILINE) == [
        f"STOA_{name.upper()}" for name in Settings.model_fields
    ]
    assert "STOA_PORT = 9999" in out
    assert "secret-key" not in out
    status, out, err = stoa("settings", "--json")
    found = json.loads(out)
    assert set(found) == set(Settings.model_fields)
    assert found["port"] == 9999
    assert "secret-key" not in out


def test_a_toml_file_fills_settings_and_the_environment_goes_before_it(stoa, tmp_path, monkeypatch):
    (tmp_path / "stoa.toml").write_text('port = 7000\nhostname = "feed.example.org"\n')
    monkeypatch.setenv("STOA_PORT", "7001")
    found = json.loads(stoa("settings", "--json")[1])
    assert (found["port"], found["hostname"]) == (7001, "feed.example.org")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("PORT", "70000"),
        ("MAX_DISK", "a lot"),
        ("PLC_URL", "http://directory.example"),
        ("APPVIEW_URL", "ftp://127.0.0.1"),
        ("TOWN_PEOPLE", "-1"),
        ("RETENTION_HOURS", "0"),
        ("UNREACHABLE_AFTER_S", "never"),
    ],
)
def test_a_setting_that_does_not_hold_is_named_with_its_value(stoa, monkeypatch, name, value):
    monkeypatch.setenv(f"STOA_{name}", value)
    status, out, err = stoa("settings")
    assert (status, out) == (1, "")
    assert err.startswith(f"stoa: STOA_{name} is {value!r}")
    assert err.count("\n") == 1


def test_an_unknown_key_in_the_file_is_named(stoa, tmp_path):
    (tmp_path / "stoa.toml").write_text("prot = 7000\n")
    status, _, err = stoa("settings")
    assert status == 1
    assert "STOA_PROT" in err


def test_a_broken_settings_file_is_told_in_one_line(stoa, tmp_path):
    (tmp_path / "stoa.toml").write_text("port = = 7\n")
    status, _, err = stoa("settings")
    assert status == 1
    assert err.count("\n") == 1
    assert "stoa.toml" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("backup", "copy.db"),
        ("inspect", "post", "at://x/y/z"),
        ("inspect", "viewer", "me"),
        ("bluesky", "opt-out", "did:plc:x"),
    ],
)
def test_a_folder_without_a_square_is_told_and_not_made(stoa, tmp_path, arguments):
    status, out, err = stoa(*arguments, "--data", str(tmp_path / "nothing"))
    assert (status, out) == (1, "")
    assert str(tmp_path / "nothing") in err
    assert err.count("\n") == 1
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("arguments", [("nonsense",), ("up", "--speed", "9"), ("inspect", "cat")])
def test_wrong_usage_ends_with_two(stoa, arguments):
    status, out, err = stoa(*arguments)
    assert status == 2
    assert "Error" in out + err


@pytest.mark.parametrize("source", ["nowhere.jsonl", ".", ""])
def test_a_source_that_is_none_is_told(stoa, tmp_path, source):
    status, _, err = stoa("up", "--from", source, "--data", str(tmp_path / "d"), "--port", "0")
    assert status == 1
    assert err.startswith("stoa: --from is ")
    assert not (tmp_path / "d").exists()


def test_publishing_without_a_host_says_what_to_give(stoa):
    status, _, err = stoa("bluesky", "publish", "--handle", "ana.example.social")
    assert status == 1
    assert "STOA_HOSTNAME" in err


def test_completion_can_be_installed_for_each_shell(stoa, tmp_path, monkeypatch):
    for shell in ("bash", "zsh", "fish"):
        target = tmp_path / f"completion.{shell}"
        status, _, err = stoa("--install-completion", "--shell", shell, "--output", str(target))
        assert status == 0, err
        assert "stoa" in target.read_text()


def test_a_taken_port_is_told_with_the_mend():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"127.0.0.1:{port}.*--port"):
            claim_port("127.0.0.1", port)
    with pytest.raises(PortInUse, match=r"no\.such\.host\.invalid"):
        claim_port("no.such.host.invalid", 0)
    assert claim_port("127.0.0.1", 0) > 0


def test_a_host_without_an_address_is_told_with_its_own_mend():
    with pytest.raises(PortInUse, match=r"no such address.*--host"):
        claim_port("no.such.host.invalid", 0)


def test_one_error_in_groups_is_told_as_itself():
    error = StoreFull("no room")
    assert told(BaseExceptionGroup("a", [BaseExceptionGroup("b", [error])])) is error
    two = BaseExceptionGroup("two", [error, ValueError("x")])
    assert told(two) is two


def test_a_running_square_is_found_until_it_ends(tmp_path):
    assert running_url(tmp_path) is None
    with announce(tmp_path, "http://127.0.0.1:1"):
        assert running_url(tmp_path) == "http://127.0.0.1:1"
    assert running_url(tmp_path) is None
    for left in ("not json", "{}", '{"pid": "x", "url": 1}', '{"pid": 4194305, "url": "http://x"}'):
        (tmp_path / "running.json").write_text(left)
        assert running_url(tmp_path) is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("models", "offer", "v1", "--data", "file"), "Not a directory: file"),
        (("ask", "evaluate", "answers", "--data", "nowhere"), "holds `xquad`"),
        (("evaluate", "vectors", "--data", "nowhere"), "`irc-threads`"),
    ],
)
def test_a_folder_that_is_none_is_told_in_one_line(stoa, tmp_path, words, told):
    (tmp_path / "file").write_text("not a folder")
    status, out, err = stoa(*words)
    assert (status, out) == (1, "")
    assert told in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("seed", ["-1", "99999999999999999999"])
@pytest.mark.parametrize(
    "words", [("evaluate", "vectors"), ("ask", "evaluate", "drafts"), ("train", "--data", ".")]
)
def test_a_seed_that_chance_cannot_begin_with_is_refused(stoa, words, seed):
    status, out, err = stoa(*words, f"--seed={seed}")
    assert (status, out) == (2, "")
    assert "--seed" in err
    assert "Traceback" not in err
