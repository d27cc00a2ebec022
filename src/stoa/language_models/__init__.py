"""Chat endpoints and pair encoders behind their ports.

The libraries they stand on are imported when one is opened, not when Stoa starts.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from stoa.ask_ports import LanguageModel, PairScorer
from stoa.errors import BadInput

if TYPE_CHECKING:
    from stoa.language_models.chat import ChatModel
    from stoa.language_models.pair_heads import PairFeatures

__all__ = ["ChatSettings", "for_question", "open_model", "open_pair_scorer"]


class _Secret(Protocol):
    def get_secret_value(self) -> str: ...


class ChatSettings(Protocol):
    """The settings that name a chat endpoint; `stoa.settings.Settings` has them."""

    @property
    def llm_url(self) -> str: ...  # noqa: D102
    @property
    def llm_model(self) -> str: ...  # noqa: D102
    @property
    def llm_key(self) -> _Secret: ...  # noqa: D102
    @property
    def llm_plain_http(self) -> bool: ...  # noqa: D102
    @property
    def llm_timeout_s(self) -> float: ...  # noqa: D102
    @property
    def llm_max_calls(self) -> int: ...  # noqa: D102
    @property
    def llm_max_tokens(self) -> int: ...  # noqa: D102


def open_model(settings: ChatSettings) -> ChatModel | None:
    """The chat model that the settings name; None where no endpoint is set.

    Nothing is sent until the first question.

    Raises:
        BadInput: the endpoint, the model's name or the key cannot be used.
    """
    if not settings.llm_url:
        return None
    if not settings.llm_model:
        raise BadInput("STOA_LLM_MODEL", "", "name the model as the endpoint calls it")
    from stoa.language_models.budget import BudgetConfig
    from stoa.language_models.chat import ChatConfig, ChatModel
    from stoa.language_models.endpoint import Endpoint
    from stoa.language_models.http_transport import HttpLimits, HttpTransport

    endpoint = Endpoint.of(
        settings.llm_url, settings.llm_key.get_secret_value(), settings.llm_plain_http
    )
    budget = BudgetConfig(max_calls=settings.llm_max_calls, max_tokens=settings.llm_max_tokens)
    limits = HttpLimits(total_s=settings.llm_timeout_s)
    config = ChatConfig(model=settings.llm_model, budget=budget)
    return ChatModel(HttpTransport(endpoint, limits), config)


def for_question(model: LanguageModel) -> LanguageModel:
    """The same model with a fresh budget, where it keeps one; ask for it once a question."""
    from stoa.language_models.chat import ChatModel

    return model.for_question() if isinstance(model, ChatModel) else model


def open_pair_scorer(model: str | Path, features: PairFeatures | None = None) -> PairScorer:
    """The pair encoder in a folder that `stoa ask train-pairs` wrote, or an NLI model by name.

    Args:
        model: a folder or a name.
        features: the verifier's, for a pair encoder to judge together with them: it does better.

    Raises:
        BadModel: the folder's pair encoder is damaged, or was taught on other features.
        EncoderUnavailable: an NLI model cannot be loaded here.
    """
    from stoa.language_models import pair_encoder

    return pair_encoder.open_pair_scorer(model, features)
