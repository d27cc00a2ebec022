"""What an endpoint understands of the chat protocol, learnt from what it refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any


class JsonWay(IntEnum):
    """How JSON is asked for, strictest first."""

    SCHEMA = 0  # response_format json_schema
    OBJECT = 1  # response_format json_object, the schema in words
    WORDS = 2  # a fenced block, the schema in words


@dataclass(frozen=True, slots=True)
class Dialect:
    """The most that an endpoint has not refused."""

    json_way: JsonWay = JsonWay.SCHEMA
    limit_name: str = "max_tokens"
    has_temperature: bool = True

    def after(self, refusal: str, wants_json: bool) -> Dialect | None:
        """What to try after a request was refused as wrong; None where nothing is left."""
        if "max_completion_tokens" in refusal and self.limit_name == "max_tokens":
            return replace(self, limit_name="max_completion_tokens")
        if "temperature" in refusal and self.has_temperature:
            return replace(self, has_temperature=False)
        if wants_json and self.json_way < JsonWay.WORDS:
            return replace(self, json_way=JsonWay(self.json_way + 1))
        return None

    def request(
        self,
        model: str,
        messages: Sequence[Mapping[str, str]],
        max_tokens: int,
        schema: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        """The JSON of `POST /chat/completions`."""
        body: dict[str, Any] = {"model": model, "stream": True, self.limit_name: max_tokens}
        if self.has_temperature:
            body["temperature"] = 0
        said = [{"role": each["role"], "content": each["content"]} for each in messages]
        if schema is not None and self.json_way == JsonWay.SCHEMA:
            form = {"name": "answer", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        elif schema is not None:
            said.append({"role": "system", "content": _in_words(schema, self.json_way)})
            if self.json_way == JsonWay.OBJECT:
                body["response_format"] = {"type": "json_object"}
        return body | {"messages": said}


def _in_words(schema: Mapping[str, Any], way: JsonWay) -> str:
    shape = json.dumps(schema, ensure_ascii=False)
    where = (
        " in one block that begins with ```json and ends with ```" if way == JsonWay.WORDS else ""
    )
    return f"Reply with JSON alone{where}. It must hold to this JSON Schema: {shape}"
