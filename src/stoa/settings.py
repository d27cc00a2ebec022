"""Every setting of a square, filled once from the environment (`STOA_`) and a TOML file."""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from stoa.bluesky.syntax import is_did
from stoa.errors import BadInput
from stoa.language_models.endpoint import Endpoint, checked_base

JETSTREAM_HOSTS = (
    "wss://jetstream1.us-east.bsky.network/subscribe",
    "wss://jetstream2.us-east.bsky.network/subscribe",
    "wss://jetstream1.us-west.bsky.network/subscribe",
    "wss://jetstream2.us-west.bsky.network/subscribe",
)
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*", re.IGNORECASE)


def default_data_folder() -> Path:
    """Where a square keeps its data when nothing else is said (XDG base directories)."""
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "stoa"


class Settings(BaseSettings):
    """What an operator may choose. `stoa settings` lists them with their present values."""

    model_config = SettingsConfigDict(
        env_prefix="STOA_", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    source: str = Field("live", description="where events come from: live, town, stdin, or a file")
    data: Path = Field(
        default_factory=default_data_folder, description="folder that keeps everything"
    )
    host: str = Field("127.0.0.1", description="address to serve on")
    port: int = Field(8080, ge=0, le=65535, description="port to serve on; 0 takes a free one")
    handle: str = Field("", description="Bluesky handle whose public acts seed the local reader")
    hostname: str = Field(
        "", description="public host name; the feed's service DID is did:web:HOSTNAME"
    )
    publisher: str = Field("", description="DID whose repository holds the feed record")
    feed_name: str = Field("for-you", description="record key of the feed")
    plc_url: str = Field("https://plc.directory", description="DID directory")
    appview_url: str = Field(
        "https://public.api.bsky.app", description="where names and missing posts are read"
    )
    labeler: str = Field(
        "did:plc:ar7c4by46qjdydhdevvrndac", description="moderation service whose labels hold"
    )
    labeler_did: str = Field(
        "", description="DID whose labels say that a note shows; empty gives none"
    )
    jetstream_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        JETSTREAM_HOSTS, description="Jetstream hosts, tried in turn; commas between"
    )
    retention_hours: float = Field(72, gt=0, description="how long posts are kept for ranking")
    viewer_log_days: float = Field(30, gt=0, description="how long what readers did is kept")
    max_disk: int = Field(0, ge=0, description="bytes the data may take, e.g. 20GB; 0 is no limit")
    encoder: str = Field(
        "hashed", description="'hashed', or a sentence-embedding model by name or folder"
    )
    api_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="bearer keys for /api from other hosts than this one; commas between"
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="more host names this square answers to; commas between"
    )
    promoted_on_bluesky: bool = Field(
        False, description="promoted posts in the Bluesky app too, which has no mark for them"
    )
    town_seed: int = Field(0, ge=0, description="which simulated town")
    town_people: int = Field(1000, ge=10, le=50_000, description="inhabitants of the town")
    town_days: float = Field(3, gt=0, le=30, description="days lived before the square opens")
    notes_every_minutes: float = Field(
        10, gt=0, le=1440, description="minutes between two runs that work out notes' statuses"
    )
    learn: bool = Field(True, description="whether the square trains its ranker while it serves")
    learn_every_minutes: float = Field(
        10, gt=0, le=1440, description="minutes between two rounds of training"
    )
    learn_share: float = Field(
        0.5, gt=0, le=1, description="most CPU that training takes, as a share of one core"
    )
    shipped_weights: bool = Field(
        True, description="whether a fresh square ranks by the weights that come with Stoa"
    )
    unreachable_after_s: float = Field(
        10, gt=0, description="seconds without the network until the town opens instead"
    )
    llm_plain_http: bool = Field(
        False, description="whether a language model on another machine may be asked over http"
    )
    llm_url: str = Field(
        "", description="base address of an OpenAI-compatible API for Ask; empty uses none"
    )
    llm_model: str = Field("", description="language model to ask, as the endpoint calls it")
    llm_key: SecretStr = Field(SecretStr(""), description="bearer key of the language model")
    llm_timeout_s: float = Field(
        120, gt=0, le=3600, description="seconds that one call to the language model may take"
    )
    llm_max_calls: int = Field(
        8, ge=1, le=100, description="calls to the language model that a question may make"
    )
    llm_max_tokens: int = Field(
        20_000, ge=500, le=10_000_000, description="tokens that a question may send and receive"
    )
    account_tiers: Path | None = Field(
        None, description="TOML file of accounts whose posts are more than opinions to Ask"
    )
    ask_scorer: str = Field(
        "", description="what judges claims of Ask: a pair encoder's folder, or an NLI model's name"
    )

    @field_validator("jetstream_urls", "api_keys", "allowed_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("max_disk", mode="before")
    @classmethod
    def _bytes(cls, value: object) -> object:
        return parse_size(value) if isinstance(value, str) else value

    @field_validator("labeler_did")
    @classmethod
    def _identity(cls, value: str) -> str:
        if value and not is_did(value):
            raise ValueError("give a DID such as did:plc:..., or did:web: and the host name")
        return value

    @field_validator("plc_url", "appview_url")
    @classmethod
    def _secure(cls, value: str) -> str:
        if not (value.startswith("https://") or is_loopback_url(value)):
            raise ValueError("use https, or http on loopback")
        return value.rstrip("/")

    @field_validator("llm_url")
    @classmethod
    def _chat_endpoint(cls, value: str, info: ValidationInfo) -> str:
        if not value:
            return ""
        try:
            return checked_base(value, bool(info.data.get("llm_plain_http")))[0]
        except BadInput as wrong:
            raise ValueError(wrong.mend) from None

    @field_validator("llm_key")
    @classmethod
    def _chat_key(cls, value: SecretStr) -> SecretStr:
        try:
            Endpoint.of("https://localhost", value.get_secret_value())
        except BadInput as wrong:
            raise ValueError(wrong.mend) from None
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags before environment before the TOML file that `STOA_CONFIG` names."""
        del dotenv_settings, file_secret_settings
        file = TomlConfigSettingsSource(settings_cls, _config_file())
        return (init_settings, env_settings, file)

    @property
    def service_did(self) -> str:
        """The DID under which Bluesky knows this square."""
        return f"did:web:{self.hostname or 'localhost'}"

    @property
    def endpoint(self) -> str:
        """Where Bluesky finds this square's services."""
        return f"https://{self.hostname or 'localhost'}"

    @property
    def feed_uri(self) -> str:
        """AT-URI of the feed's record."""
        return f"at://{self.publisher or self.service_did}/app.bsky.feed.generator/{self.feed_name}"

    @property
    def serves_loopback(self) -> bool:
        """True when only programs on this machine can reach the square."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def _config_file() -> Path:
    return Path(os.environ.get("STOA_CONFIG", "stoa.toml"))


def load_settings(**flags: object) -> Settings:
    """Settings from flags, environment and file; flags that are None are left to the others.

    Raises:
        BadInput: names the first setting that does not hold, its value and what it should be.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)  # pyright: ignore[reportArgumentType]  # checked by pydantic
    except ValidationError as problem:
        first = problem.errors()[0]
        name = "STOA_" + "_".join(str(part) for part in first["loc"]).upper()
        mend = first["msg"].removeprefix("Value error, ")
        shown = _shown(name, first.get("input"))
        raise BadInput(name, shown, mend[:1].lower() + mend[1:]) from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise BadInput(
            "STOA_CONFIG", str(_config_file()), f"mend that file: {problem}"
        ) from problem


def _shown(name: str, given: object) -> object:
    """What was given, unless it may hold a secret."""
    return "(hidden)" if name in ("STOA_LLM_KEY", "STOA_LLM_URL", "STOA_API_KEYS") else given


def parse_size(text: str) -> int:
    """Bytes from words such as `500MB` or `20 GiB` (powers of 1024).

    >>> parse_size("2 GB") == 2 * 1024**3
    True
    """
    found = _SIZE.fullmatch(text)
    if found is None:
        raise ValueError("give a size such as 500MB or 20GB")
    return int(float(found[1]) * 1024 ** " kmgt".index(found[2].lower() or " "))


def is_loopback_url(url: str) -> bool:
    """True for plain http to this machine, which tests and local directories use."""
    return bool(re.match(r"http://(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(/|$)", url))
