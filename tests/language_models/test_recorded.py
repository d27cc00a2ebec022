import asyncio
import json

import pytest

from stoa.ask_ports import LanguageModel
from stoa.errors import BadInput, Unreachable
from stoa.language_models import for_question, open_model
from stoa.language_models.chat import ChatConfig, ChatModel
from stoa.language_models.endpoint import Endpoint
from stoa.language_models.http_transport import HttpTransport
from stoa.language_models.loopback import loopback_endpoint, replayed, said
from stoa.language_models.recorded import RecordingTransport, ReplayTransport, read_recording
from stoa.language_models.scripted import ScriptedModel
from stoa.settings import Settings

KEY = "sk-very-secret-0123456789"
ASK = [{"role": "user", "content": "Who won?"}]


async def text_of(model, messages=ASK):
    return "".join([piece async for piece in model.stream(messages)])


def chat(transport):
    return ChatModel(transport, ChatConfig(model="m"))


async def test_what_was_recorded_is_replayed_in_process_and_over_a_socket(tmp_path):
    path = tmp_path / "recording.jsonl"
    answers = iter(["Nobody won.", "Somebody won."])

    async def handler(request):
        return said(next(answers))

    async with loopback_endpoint(handler) as base:
        recording = RecordingTransport(HttpTransport(Endpoint.of(base, KEY)), path)
        first, second = await text_of(chat(recording)), await text_of(chat(recording))
    assert KEY not in path.read_text(encoding="utf-8")
    assert len(read_recording(path)) == 2

    replay = chat(ReplayTransport.from_file(path))
    assert [await text_of(replay) for _ in range(3)] == [first, second, second]

    async with loopback_endpoint(replayed(ReplayTransport.from_file(path))) as base:
        assert await text_of(chat(HttpTransport(Endpoint.of(base)))) == first


async def test_what_was_not_recorded_is_told(tmp_path):
    with pytest.raises(Unreachable, match="record it first"):
        await text_of(chat(ReplayTransport([])))
    async with loopback_endpoint(replayed(ReplayTransport([]))) as base:
        with pytest.raises(Unreachable, match="record it first"):
            await text_of(chat(HttpTransport(Endpoint.of(base))))


@pytest.mark.parametrize(
    "line", ["{", "[]", "{}", '{"request": 1, "status": 200, "headers": {}, "chunks": ["%"]}']
)
def test_a_damaged_recording_names_the_line(tmp_path, line):
    path = tmp_path / "recording.jsonl"
    path.write_text("\n" + line, encoding="utf-8")
    with pytest.raises(BadInput, match="line 2"):
        read_recording(path)


def test_no_recording_is_bad_input(tmp_path):
    with pytest.raises(BadInput, match="recording"):
        read_recording(tmp_path / "none.jsonl")


async def test_a_scripted_model_says_its_lines_and_no_more():
    model = ScriptedModel(["One.", Unreachable("gone")])
    assert isinstance(model, LanguageModel)
    assert for_question(model) is model
    assert await text_of(model) == "One."
    with pytest.raises(Unreachable, match="gone"):
        await text_of(model)
    with pytest.raises(Unreachable, match="script"):
        await text_of(model)
    assert model.asked[0] == ASK


async def test_a_scripted_model_may_answer_by_rule():
    model = ScriptedModel(lambda messages, schema: messages[-1]["content"].upper())
    assert await text_of(model) == "WHO WON?"


def test_no_endpoint_is_no_model(monkeypatch):
    assert open_model(Settings()) is None


async def test_a_model_opens_from_the_settings():
    async def handler(request):
        body = json.loads(request.body)
        return said(f"{body['model']} {request.headers['authorization']}")

    async with loopback_endpoint(handler) as base:
        model = open_model(Settings(llm_url=base, llm_model="small", llm_key=KEY))
        assert isinstance(model, LanguageModel)
        assert model.name == "small"
        assert await text_of(for_question(model)) == f"small Bearer {KEY}"


def test_a_model_without_a_name_is_bad_input():
    with pytest.raises(BadInput, match="STOA_LLM_MODEL"):
        open_model(Settings(llm_url="https://host.example/v1"))


def test_a_model_may_be_used_from_one_loop_after_another():
    async def once():
        async def handler(request):
            return said("Hi.")

        async with loopback_endpoint(handler, port) as base:
            return base, await text_of(model or chat(HttpTransport(Endpoint.of(base))))

    port, model = 0, None
    base, _ = asyncio.run(once())
    port = int(base.split(":")[2].split("/")[0])
    model = chat(HttpTransport(Endpoint.of(base)))
    assert [asyncio.run(once())[1] for _ in range(2)] == ["Hi.", "Hi."]
