"""The client against a real server on loopback that misbehaves in every way we know."""

import asyncio
import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.errors import BadInput, Unreachable
from stoa.language_models.budget import BudgetConfig
from stoa.language_models.chat import ChatConfig, ChatModel
from stoa.language_models.endpoint import Endpoint
from stoa.language_models.http_transport import HttpLimits, HttpTransport
from stoa.language_models.loopback import Spoken, loopback_endpoint, said

KEY = "sk-very-secret-0123456789"
ASK = [{"role": "user", "content": "Who won?"}]
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
LIMITS = HttpLimits()
JSON_TYPE = {"Content-Type": "application/json"}


class Server:
    """Says its lines in turn, the last one again and again; remembers what was asked."""

    def __init__(self, *lines):
        self.lines = list(lines)
        self.requests = []

    async def __call__(self, request):
        self.requests.append(request)
        line = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        return await line(request) if callable(line) else line

    def bodies(self):
        return [json.loads(request.body) for request in self.requests]


async def heard(server, messages=ASK, schema=None, limits=LIMITS, **config):
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    async with loopback_endpoint(server) as base:
        transport = HttpTransport(Endpoint.of(base, KEY), limits)
        model = ChatModel(transport, ChatConfig(model="m", **config), sleep=sleep)
        pieces = [piece async for piece in model.stream(messages, schema)]
    server.waits = waits
    return pieces


async def refused(server, *args, **kwargs):
    with pytest.raises(Unreachable) as failure:
        await heard(server, *args, **kwargs)
    assert KEY not in str(failure.value)
    assert "127.0.0.1" in str(failure.value)
    return str(failure.value)


def told(status, message="no", **headers):
    body = json.dumps({"error": {"message": message}}).encode()
    return Spoken([body], status, JSON_TYPE | headers)


async def test_a_reply_streams_in_pieces():
    server = Server(said("Nobody won; it was a draw.", piece_chars=7))
    assert await heard(server) == ["Nobody ", "won; it", " was a ", "draw."]
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    (body,) = server.bodies()
    assert body["model"] == "m"
    assert body["stream"] is True
    assert body["messages"] == ASK
    assert "response_format" not in body


@settings(max_examples=15)
@given(st.lists(st.integers(0, 400), max_size=20))
def test_a_reply_reads_the_same_however_the_bytes_are_cut(cuts):
    text = "Ein Unentschieden – 引き分け 🤝"
    whole = b"".join(said(text, 3).chunks)
    edges = [0, *sorted(cuts), len(whole)]
    chunks = [whole[a:b] for a, b in pairwise(edges)]
    assert "".join(asyncio.run(heard(Server(Spoken(chunks))))) == text


async def test_a_whole_reply_is_taken_where_the_endpoint_does_not_stream():
    body = {"choices": [{"message": {"content": "Nobody."}, "finish_reason": "stop"}]}
    assert await heard(Server(Spoken([json.dumps(body).encode()], 200, JSON_TYPE))) == ["Nobody."]


async def test_a_pair_of_surrogates_cut_in_two_is_one_character():
    lines = [
        rb'data: {"choices":[{"delta":{"content":"a\ud83e"}}]}',
        rb'data: {"choices":[{"delta":{"content":"\udd1d"}}]}',
    ]
    chunks = [*(line + b"\n\n" for line in lines), b"data: [DONE]\n\n"]
    assert "".join(await heard(Server(Spoken(chunks)))) == "a🤝"


async def test_an_endpoint_that_hangs_is_given_up():
    async def hang(request):
        await asyncio.sleep(60)

    assert "silent" in await refused(Server(hang), limits=HttpLimits(read_s=0.05))
    assert "STOA_LLM_TIMEOUT_S" in await refused(Server(hang), limits=HttpLimits(total_s=0.05))


async def test_an_endpoint_that_drips_for_ever_is_given_up():
    async def drops():
        while True:
            yield b": still thinking\n\n"
            await asyncio.sleep(0.005)

    async def drip(request):
        return Spoken(drops())

    limits = HttpLimits(read_s=5, total_s=0.1)
    assert "not finished within 0.1 s" in await refused(Server(drip), limits=limits)


async def test_a_slow_reader_is_never_interrupted():
    async with loopback_endpoint(Server(said("one two three", 4))) as base:
        transport = HttpTransport(Endpoint.of(base), HttpLimits(total_s=1.0))
        heard = []
        async for piece in ChatModel(transport, ChatConfig(model="m")).stream(ASK):
            heard.append(piece)
            await asyncio.sleep(0.3)  # four times over, longer than the endpoint has in all
    assert "".join(heard) == "one two three"


async def test_a_reader_may_leave_midway():
    async with loopback_endpoint(Server(said("a" * 400))) as base:
        model = ChatModel(HttpTransport(Endpoint.of(base)), ChatConfig(model="m"))
        stream = model.stream(ASK)
        assert await anext(stream) == "a" * 16
        await stream.aclose()


async def test_a_flood_is_cut_off():
    async def flood(request):
        async def chunks():
            for _ in range(16 * 1024):  # 1 GiB
                yield b"x" * 65536

        return Spoken(chunks())

    assert "more than" in await refused(Server(flood))
    limits = HttpLimits(max_bytes=200_000)

    async def chatter(request):
        async def chunks():
            for _ in range(100_000):
                yield b'data: {"choices":[{"delta":{}}]}\n\n' * 100

        return Spoken(chunks())

    assert "more than 200000 bytes" in await refused(Server(chatter), limits=limits)


async def test_too_much_text_is_cut_off():
    assert "more than 100 characters" in await refused(Server(said("x" * 500)), max_reply_chars=100)


@pytest.mark.parametrize(
    ("chunks", "what"),
    [
        ([b"data: {broken\n\n"], "no JSON"),
        ([b"data: [1, 2]\n\n"], "no chat reply"),
        ([b"data: \xff\n\n"], "UTF-8"),
        ([b'data: {"error": {"message": "overloaded ' + KEY.encode() + b'"}}\n\n'], "overloaded"),
        ([b'data: {"error": "out of memory"}\n\n'], "out of memory"),
        ([b"data: " + b"[" * 50_000 + b"\n\n"], "no JSON"),
        ([], "middle"),
        ([b'data: {"choices":[{"delta":{"content":"Half"}}]}\n\n'], "middle"),
        ([b'data: {"choices":[{"delta":{},"finish_reason":"length"}]}\n\n'], "cut off"),
        ([b'data: {"choices":[{"delta":{},"finish_reason":"content_filter"}]}\n\n'], "held"),
    ],
)
async def test_garbage_is_told_as_such(chunks, what):
    assert what in await refused(Server(Spoken(chunks)))


async def test_an_endpoint_that_dies_midway_is_not_asked_again():
    half = list(said("Nobody won; it was a draw.").chunks)[:1]
    server = Server(Spoken(half, dies=True))
    assert await refused(server)
    assert len(server.requests) == 1


@pytest.mark.parametrize("media", ["text/html", "application/octet-stream", ""])
async def test_another_media_type_is_refused(media):
    failure = await refused(Server(Spoken([b"<html>Login</html>"], 200, {"Content-Type": media})))
    assert "STOA_LLM_URL" in failure


async def test_a_compressed_reply_is_refused():
    headers = {"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}
    assert "compressed" in await refused(Server(Spoken([b"\x1f\x8b"], 200, headers)))


async def test_a_redirect_is_not_followed():
    other = Server(said("Give me your key."))
    async with loopback_endpoint(other) as elsewhere:
        server = Server(Spoken([], 307, {"Location": f"{elsewhere}/chat/completions"}))
        assert "does not follow" in (await refused(server)).replace("\n", " ")
    assert other.requests == []


@pytest.mark.parametrize(
    ("status", "mend"), [(401, "STOA_LLM_KEY"), (403, "STOA_LLM_KEY"), (404, "STOA_LLM_MODEL")]
)
async def test_a_refusal_says_the_mend_and_is_not_repeated(status, mend):
    server = Server(told(status, f"Incorrect API key provided: {KEY}"))
    failure = await refused(server)
    assert mend in failure
    assert "Incorrect API key provided: (hidden)" in failure
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_passing_trouble_is_waited_for_once(status):
    server = Server(told(status), said("Nobody."))
    assert await heard(server) == ["Nobody."]
    assert server.waits == [1.0]
    server = Server(told(status))
    await refused(server)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("asked", "waited"),
    [("3", 3.0), ("9999", 10.0), ("-1", 0.0), ("Wed, 21 Oct", 1.0), ("nan", 1.0)],
)
async def test_the_wait_is_the_endpoints_within_bounds(asked, waited):
    server = Server(told(429, **{"Retry-After": asked}), said("Nobody."))
    await heard(server)
    assert server.waits == [waited]


async def test_a_refusal_without_end_is_read_in_part():
    async def long(request):
        return Spoken((b"no " * 10_000 for _ in range(1_000)), 400, {"Content-Type": "text/plain"})

    assert len(await refused(Server(long))) < 600


async def test_nobody_listens():
    async with loopback_endpoint(Server(said(""))) as base:
        gone = base
    model = ChatModel(HttpTransport(Endpoint.of(gone, KEY)), ChatConfig(model="m"))
    with pytest.raises(Unreachable, match="is the endpoint running"):
        [piece async for piece in model.stream(ASK)]


@pytest.mark.parametrize(
    "host", ["a..b", "xn--", "☃" * 70 + ".example", "-", "[::1", "a_b.invalid"]
)
async def test_a_host_that_is_none_is_told_as_such(host):
    with pytest.raises((Unreachable, BadInput)):  # noqa: PT012  # either step may refuse it
        model = ChatModel(HttpTransport(Endpoint.of(f"https://{host}/v1")), ChatConfig(model="m"))
        [piece async for piece in model.stream(ASK)]


async def test_json_is_asked_for_strictly_and_checked():
    server = Server(said('{"n": 3}'))
    assert await heard(server, schema=SCHEMA) == ['{"n": 3}']
    assert server.bodies()[0]["response_format"]["json_schema"]["schema"] == SCHEMA


async def test_an_endpoint_that_knows_no_schema_is_asked_in_words():
    server = Server(told(400, "response_format"), told(400), said('```json\n{"n": 3}\n```'))
    assert await heard(server, schema=SCHEMA) == ['{"n": 3}']
    strict, plain, words = server.bodies()
    assert strict["response_format"]["type"] == "json_schema"
    assert plain["response_format"] == {"type": "json_object"}
    assert "response_format" not in words
    assert '"required"' in words["messages"][-1]["content"]


async def test_what_was_refused_is_not_tried_again():
    server = Server(told(400), told(400), said('{"n": 1}'), said('{"n": 2}'))
    async with loopback_endpoint(server) as base:
        model = ChatModel(HttpTransport(Endpoint.of(base)), ChatConfig(model="m"))
        for _ in range(2):
            assert [p async for p in model.for_question().stream(ASK, SCHEMA)]
    assert len(server.requests) == 4


async def test_names_that_an_endpoint_does_not_know_are_changed():
    server = Server(
        told(400, "use 'max_completion_tokens' instead"), told(400, "temperature"), said("Hi.")
    )
    assert await heard(server) == ["Hi."]
    last = server.bodies()[-1]
    assert "max_tokens" not in last
    assert "temperature" not in last
    assert last["max_completion_tokens"] > 0


async def test_json_that_does_not_fit_is_repaired_once():
    server = Server(said('{"n": "three"}'), said('{"n": 3}'))
    assert await heard(server, schema=SCHEMA) == ['{"n": 3}']
    repair = server.bodies()[1]["messages"]
    assert repair[-2]["content"] == '{"n": "three"}'
    assert "$.n must be of type integer" in repair[-1]["content"]
    server = Server(said("I would rather not."))
    assert "does not fit" in await refused(server, schema=SCHEMA)
    assert len(server.requests) == 2


async def test_a_question_has_so_many_calls_and_tokens():
    server = Server(said("x" * 40))
    async with loopback_endpoint(server) as base:
        config = ChatConfig(model="m", budget=BudgetConfig(max_calls=2, max_tokens=1000))
        model = ChatModel(HttpTransport(Endpoint.of(base)), config).for_question()
        for _ in range(2):
            assert [piece async for piece in model.stream(ASK)]
        with pytest.raises(Unreachable, match="STOA_LLM_MAX_CALLS"):
            [piece async for piece in model.stream(ASK)]
        assert [piece async for piece in model.for_question().stream(ASK)]
    assert len(server.requests) == 3
    few = BudgetConfig(max_tokens=20)
    with pytest.raises(Unreachable, match="STOA_LLM_MAX_TOKENS"):
        await heard(Server(said("x" * 400)), budget=few)
    long = [{"role": "user", "content": "y" * 400}]
    with pytest.raises(Unreachable, match="STOA_LLM_MAX_TOKENS"):
        await heard(Server(said("x")), long, budget=few)


async def test_a_model_is_told_how_much_it_may_say():
    server = Server(said("x"))
    await heard(server, budget=BudgetConfig(max_tokens=100))
    assert 90 <= server.bodies()[0]["max_tokens"] < 100


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "tool", "content": "x"}],
        [{"role": "user"}],
        [{"role": "user", "content": "x" * 300_000}],
    ],
)
async def test_messages_that_cannot_be_sent_are_bad_input(messages):
    with pytest.raises(BadInput, match="messages"):
        await heard(Server(said("x")), messages)


async def test_lone_surrogates_do_not_stop_a_question():
    assert await heard(Server(said("x")), [{"role": "user", "content": "a\ud800b"}]) == ["x"]
