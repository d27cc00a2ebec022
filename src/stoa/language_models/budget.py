"""What one question may cost at an endpoint."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.errors import Unreachable

_BYTES_PER_TOKEN = 4  # of UTF-8: near enough in most scripts, and counted the same everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetConfig:
    """The most that one question may use, repairs and second tries included."""

    max_calls: int = 8
    max_tokens: int = 20_000  # asked and answered together, as estimated here


def estimated_tokens(text: str) -> int:
    """Tokens in a text, by its bytes; endpoints count differently, and not all tell.

    >>> estimated_tokens("a square"), estimated_tokens("")
    (2, 0)
    """
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN)


class Budget:
    """Counts down over the calls of one question."""

    def __init__(self, config: BudgetConfig = BudgetConfig()) -> None:
        self._config = config
        self.n_calls = 0
        self.n_tokens = 0

    @property
    def tokens_left(self) -> int:
        """What may still be asked and answered."""
        return max(0, self._config.max_tokens - self.n_tokens)

    def call(self, asked: str) -> None:
        """Counts a request before it is sent.

        Raises:
            Unreachable: it is one too many, or leaves no room for an answer.
        """
        if self.n_calls >= self._config.max_calls:
            raise Unreachable(
                f"this question has used its {self._config.max_calls} calls to the language model; "
                "raise STOA_LLM_MAX_CALLS to allow more"
            )
        self.n_calls += 1
        self._spend(asked)
        if not self.tokens_left:
            raise Unreachable(self._spent())

    def answered(self, piece: str) -> None:
        """Counts what came back.

        Raises:
            Unreachable: the endpoint says more than the budget allows.
        """
        self._spend(piece)
        if self.n_tokens > self._config.max_tokens:
            raise Unreachable(self._spent())

    def _spend(self, text: str) -> None:
        self.n_tokens += estimated_tokens(text)

    def _spent(self) -> str:
        return (
            f"this question has used its {self._config.max_tokens} tokens of the language model; "
            "raise STOA_LLM_MAX_TOKENS to allow more"
        )
