"""The MCP server spoken to by the official client: over stdio, and at a served square's door."""

from __future__ import annotations

import json
import os
import sys
from urllib.parse import quote

import httpx2
import pytest
from tests.system.square_process import running

pytest.importorskip("mcp", reason="the ask-peers group is not installed")
from mcp import Client, MCPError, StdioServerParameters

pytestmark = pytest.mark.slow
RESOURCES = {"stoa://post/{id}", "stoa://notes/{post_id}"}
TOOLS = {"search_posts", "get_post", "get_thread", "get_notes", "ask", "verify"}


async def use(client, said):
    """Calls every tool on what a square holds; returns the id of a post found."""
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(tools) == TOOLS
    for tool in tools.values():
        assert tool.annotations.read_only_hint
        assert not tool.annotations.open_world_hint
        assert tool.output_schema
    found = await client.call_tool("search_posts", {"query": said, "limit": 1})
    post = found.structured_content["posts"][0]
    assert said in post["untrusted_text"]
    same = await client.call_tool("get_post", {"id": post["id"]})
    assert same.structured_content == post
    thread = await client.call_tool("get_thread", {"id": post["id"]})
    assert post in thread.structured_content["posts"]
    notes = await client.call_tool("get_notes", {"post_id": post["id"]})
    assert notes.structured_content == {"notes": []}
    judged = await client.call_tool("verify", {"claim": said, "post_ids": [post["id"]]})
    assert judged.structured_content["verdict"] in ("likely", "not_found")
    answer = await client.call_tool("ask", {"question": f"What is said about {said}?"})
    for claim in answer.structured_content["claims"]:
        assert claim["verdict"] == "quoted"
    gone = await client.call_tool("get_post", {"id": "at://did:plc:nobody/app.bsky.feed.post/1"})
    assert gone.is_error
    bad = await client.call_tool("search_posts", {"query": said, "limit": 1_000})
    assert bad.is_error
    assert "limit" in bad.content[0].text
    return post["id"]


async def read(client, post):
    """Reads a post and its notes as resources, and what is not there or not allowed."""
    templates = (await client.list_resource_templates()).resource_templates
    assert {each.uri_template for each in templates} == RESOURCES
    address = quote(post, safe="")
    (found,) = (await client.read_resource(f"stoa://post/{address}")).contents
    same = await client.call_tool("get_post", {"id": post})
    assert found.mime_type == "application/json"
    assert json.loads(found.text) == same.structured_content
    (found,) = (await client.read_resource(f"stoa://notes/{address}")).contents
    assert json.loads(found.text) == {"post": post, "notes": []}
    nobody = quote("at://did:plc:nobody/app.bsky.feed.post/1", safe="")
    for gone in (f"stoa://post/{nobody}", f"stoa://notes/{nobody}", "stoa://users/1"):
        with pytest.raises(MCPError):
            await client.read_resource(gone)


async def test_the_tools_answer_by_stdio_and_at_the_door(tmp_path):
    said = "The mill of Hallow was built in 1811"
    empty = tmp_path / "events.jsonl"
    empty.write_text("")
    data = tmp_path / "data"
    with running("--from", str(empty), "--data", str(data)) as square:
        posts = [{"uri": "app:1", "author": "ana", "text": f"{said} by Ada Reed."}]
        httpx2.put(
            square.url + "/api/v1/posts", json={"posts": posts}, timeout=20
        ).raise_for_status()
        async with Client(square.url + "/mcp") as client:
            await read(client, await use(client, said))
        command = StdioServerParameters(
            command=sys.executable,
            args=["-m", "stoa.cli", "mcp", "--data", str(data)],
            env=dict(os.environ),
        )
        async with Client(command) as client:
            await read(client, await use(client, said))
