"""Which accounts' posts are more than opinions to Ask: the operator's own list, by account id.

Nothing about a post or its author decides this, least of all how many follow or like: only the
operator, who answers for the list, and only by an id that nobody else can take (a DID).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from stoa.ask_records import Tier
from stoa.bluesky.syntax import is_did
from stoa.documents.standing import tier_named
from stoa.errors import BadInput

MOST_BYTES = 1_000_000
_OWN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_:-]{0,127}")
_MEND = 'write lines such as: report = ["did:plc:...", "did:web:paper.example"]'


def read_account_tiers(file: Path | None) -> Mapping[str, Tier]:
    """The tiers of a TOML file, by account; empty without a file.

    A key is a tier as documents have it (record, dataset, filing, paper, first-hand, report), its
    value a list of accounts: DIDs, or the ids that an app of this square gave.

    Raises:
        BadInput: the file cannot be read, names another tier, a handle, or an account twice.
    """
    if file is None:
        return {}
    found: dict[str, Tier] = {}
    for word, accounts in _table(file).items():
        tier = tier_named(word)
        if tier is Tier.OPINION:
            raise BadInput("STOA_ACCOUNT_TIERS", word, "leave it out: a post is an opinion anyway")
        if not isinstance(accounts, list):
            raise BadInput("STOA_ACCOUNT_TIERS", word, _MEND)
        for account in accounts:  # pyright: ignore[reportUnknownVariableType]
            name = _account(account)
            if name in found:
                raise BadInput("STOA_ACCOUNT_TIERS", name, "name each account once")
            found[name] = tier
    return found


def _table(file: Path) -> dict[str, object]:
    try:
        if file.stat().st_size > MOST_BYTES:
            mend = f"keep the file under {MOST_BYTES:,} bytes"
            raise BadInput("STOA_ACCOUNT_TIERS", str(file), mend)
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise BadInput("STOA_ACCOUNT_TIERS", str(file), f"mend that file: {problem}") from problem


def _account(given: object) -> str:
    if not isinstance(given, str):
        raise BadInput("STOA_ACCOUNT_TIERS", given, _MEND)
    if is_did(given) or (_OWN_ID.fullmatch(given) and not given.startswith("did:")):
        return given
    mend = "give the account's DID; a handle or a name can pass to somebody else"
    raise BadInput("STOA_ACCOUNT_TIERS", given, mend)
