"""Frames decode to the changes they stand for; bad fields cost themselves and no more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.bluesky.jetstream_frames import JetstreamDecoder
from stoa.bluesky.jetstream_frames_v2 import JetstreamDecoderAny, JetstreamDecoderV2
from stoa.records import (
    DAY_US,
    AccountState,
    AccountStatus,
    EdgeKind,
    Facet,
    Identity,
    Image,
    LinkCard,
    Media,
    PostContent,
    PutEdge,
    PutGate,
    PutPost,
    PutProfile,
    Remove,
    tid_revision,
)

ANA = "did:plc:fmobbubzmmsq7yzs2domn5vd"
AI5 = "did:plc:ai5kunf5nnljqkxmc7cagvgi"
ANA_POST = f"at://{ANA}/app.bsky.feed.post/3mvzvh4pndr2f"
AT_US = 1_790_000_000_000_000
REV = "3mvzvh5l6ql3k"

v1 = JetstreamDecoder()
v2 = JetstreamDecoderV2()
either = JetstreamDecoderAny()


def frame(record: Any, collection: str = "app.bsky.feed.post", **changes: Any) -> dict[str, Any]:
    commit = {
        "rev": REV,
        "operation": "create",
        "collection": collection,
        "rkey": "3mvzvh5f3gl3k",
        "record": record,
        **changes.pop("commit", {}),
    }
    return {"did": AI5, "time_us": AT_US, "kind": "commit", "commit": commit, **changes}


def decode(event: Any) -> Any:
    return v1.decode(json.dumps(event).encode())


def content(record: dict[str, Any]) -> PostContent:
    decoded = decode(frame(record))
    assert decoded.dropped is None
    (change,) = decoded.changes
    assert isinstance(change, PutPost)
    return change.content


class TestFiles:
    def test_both_formats_give_the_same_changes(self, synthetic_v1, synthetic_v2):
        assert len(synthetic_v1) == len(synthetic_v2) == 40
        for old, new in zip(synthetic_v1, synthetic_v2, strict=True):
            from_v1, from_v2 = v1.decode(old), v2.decode(new)
            assert from_v1.changes, old
            assert from_v1.changes == from_v2.changes
            assert from_v1.time_us == from_v1.position == from_v2.time_us
            assert from_v2.position is not None
            assert 9_000_000 < from_v2.position < 9_001_000
            assert either.decode(old) == from_v1
            assert either.decode(new) == from_v2
            assert v1.decode(old.decode()) == from_v1

    def test_every_kind_is_met(self, synthetic_v1):
        changes = [v1.decode(line).changes[0] for line in synthetic_v1]
        kinds = {type(change) for change in changes}
        assert kinds == {PutPost, PutEdge, PutGate, PutProfile, Remove, AccountState, Identity}
        assert {c.kind for c in changes if isinstance(c, PutEdge)} == set(EdgeKind)
        assert sum(isinstance(c, Remove) for c in changes) == 5
        assert {c.status for c in changes if isinstance(c, AccountState)} == set(AccountStatus)

    def test_real_events_decode_without_drops(self, real_events):
        decoded = [v1.decode(line) for line in real_events]
        assert [d.dropped for d in decoded] == [None] * 10
        assert [d.ignored for d in decoded].count("collection") == 2
        assert sum(len(d.changes) for d in decoded) == 8

    def test_a_post_with_facets_and_a_card(self, synthetic_v1):
        (post,) = v1.decode(synthetic_v1[3]).changes
        text = "Ça marche ! Horaires ☕ via @ana.example.social https://example.org/tides #marées"
        assert post == PutPost(
            uri=f"at://{AI5}/app.bsky.feed.post/3mvzvh5f3gl3k",
            author=AI5,
            revision=tid_revision("3mvzvh5l6ql3k", 0),
            at_us=1790000001425425,
            content=PostContent(
                text=text,
                created_us=1790000000725000,
                langs=("fr",),
                media=Media.LINK,
                facets=(
                    Facet(30, 49, "mention", ANA),
                    Facet(50, 75, "link", "https://example.org/tides?day=1"),
                    Facet(76, 84, "tag", "marées"),
                ),
                card=LinkCard("https://example.org/tides?day=1", "Tides", "Daily tide tables"),
            ),
        )
        encoded = text.encode()
        assert encoded[76:84].decode() == "#marées"

    def test_media_of_the_file(self, synthetic_v1):
        posts = [c for line in synthetic_v1 for c in v1.decode(line).changes]
        media = [p.content.media for p in posts if isinstance(p, PutPost)]
        assert Media.IMAGE in media
        assert Media.VIDEO in media
        assert Media.QUOTE in media
        assert Media.QUOTE | Media.IMAGE in media
        gallery = next(
            p.content
            for p in posts
            if isinstance(p, PutPost) and p.content.text == "Three frames from the walk."
        )
        assert [(i.alt, i.width, i.height) for i in gallery.images] == [
            ("path", 4, 3),
            ("bridge", 3, 4),
        ]
        assert gallery.images[0].url.endswith(
            "/bafkreidrcqypmfsosoad3e2crpa7voapihrbhoyzo2eta7pimbwug7bqha@jpeg"
        )

    def test_gates_have_two_uris(self, synthetic_v1):
        gates = [c for line in synthetic_v1 for c in v1.decode(line).changes]
        thread, post = [c for c in gates if isinstance(c, PutGate)]
        assert thread.post_uri == post.post_uri == ANA_POST
        assert thread.uri != post.uri
        assert post.detached_quotes == (
            "at://did:plc:yondtjp22nwdlgu5ozozsokz/app.bsky.feed.post/3mvzvh6f2mu6z",
        )


class TestVitalFields:
    @pytest.mark.parametrize(
        ("event", "reason"),
        [
            ("{", "malformed"),
            ("", "malformed"),
            ("[]", "malformed"),
            ('"text"', "malformed"),
            ("[" * 5000 + "]" * 5000, "malformed"),
            ('{"did":1,"time_us":1,"kind":"commit"}', "malformed"),
            ('{"did":"did:plc:a","time_us":"1790000000000000","kind":"commit"}', "malformed"),
            ('{"did":"did:plc:a","time_us":1.5,"kind":"commit"}', "malformed"),
            ('{"did":"did:plc:a","time_us":1790000000000000,"kind":"commit"}', "no_commit"),
            ('{"did":"did:plc:a","time_us":1790000000000000,"kind":"account"}', "bad_account"),
            ('{"did":"ana","time_us":1790000000000000,"kind":"identity"}', "bad_did"),
            ('{"did":"did:plc:a","time_us":12,"kind":"identity"}', "implausible_time"),
            (b"\xff\xfe", "malformed"),
            (b'{"did":"did:plc:\xff"}', "malformed"),
        ],
    )
    def test_wrong_frames_are_dropped_with_a_reason(self, event, reason):
        assert v1.decode(event).dropped == reason

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"rkey": "a/b"}, "bad_record_key"),
            ({"rkey": ".."}, "bad_record_key"),
            ({"rkey": ""}, "bad_record_key"),
            ({"rkey": "a" * 513}, "bad_record_key"),
            ({"record": None}, "bad_record"),
            ({"record": [1]}, "bad_record"),
            ({"record": {"text": 5}}, "bad_text"),
            ({"record": {}}, "bad_text"),
            ({"rev": 5}, "malformed"),
        ],
    )
    def test_wrong_commits_are_dropped_with_a_reason(self, changes, reason):
        assert decode(frame({"text": ""}, commit=changes)).dropped == reason

    def test_a_create_without_a_record(self):
        event = frame(None)
        del event["commit"]["record"]
        assert decode(event).dropped == "no_record"

    @pytest.mark.parametrize(
        ("collection", "record", "reason"),
        [
            ("app.bsky.feed.like", {"subject": ANA_POST}, "bad_record"),
            ("app.bsky.feed.like", {"subject": {"uri": "at://a/b"}}, "bad_subject"),
            ("app.bsky.feed.like", {}, "bad_record"),
            ("app.bsky.graph.follow", {"subject": "ana.example.social"}, "bad_subject"),
            ("app.bsky.graph.block", {"subject": {"did": ANA}}, "bad_record"),
            ("app.bsky.feed.threadgate", {"post": 1}, "bad_subject"),
            ("app.bsky.feed.threadgate", {"post": ANA_POST}, "gate_of_other"),
        ],
    )
    def test_subjects(self, collection, record, reason):
        assert decode(frame(record, collection)).dropped == reason

    def test_a_gate_must_bear_the_key_of_its_post(self):
        own = f"at://{AI5}/app.bsky.feed.post/3zzzzzzzzzzzz"
        assert decode(frame({"post": own}, "app.bsky.feed.postgate")).dropped == "gate_of_other"


class TestNotForUs:
    @pytest.mark.parametrize(
        ("event", "reason"),
        [
            (frame({}, "app.bsky.graph.listitem"), "collection"),
            (frame({"text": ""}, commit={"operation": "merge"}), "operation"),
            ({"did": ANA, "time_us": AT_US, "kind": "weather"}, "kind"),
            (
                frame(
                    {"subject": {"uri": f"at://{ANA}/app.bsky.feed.generator/x"}},
                    "app.bsky.feed.like",
                ),
                "subject_not_post",
            ),
            (frame({}, "app.bsky.actor.profile"), "profile_not_self"),
        ],
    )
    def test_ignored_with_a_reason(self, event, reason):
        decoded = decode(event)
        assert decoded.ignored == reason
        assert decoded.dropped is None
        assert decoded.changes == ()
        assert decoded.time_us == AT_US, "ignored events still move the cursor"


class TestTimes:
    def test_a_day_ahead_is_the_limit(self):
        raw = json.dumps(frame({"text": ""}))
        assert v1.decode(raw, AT_US - DAY_US).dropped is None
        assert v1.decode(raw, AT_US - DAY_US - 1).dropped == "implausible_time"

    def test_2022_is_the_other(self):
        assert decode(frame({"text": ""}, time_us=1640995200000000)).dropped is None
        early = decode(frame({"text": ""}, time_us=1640995199999999))
        assert early.dropped == "implausible_time"
        assert early.time_us is None, "a broken clock must not move the cursor"

    @pytest.mark.parametrize(
        ("claim", "expected"),
        [
            ("2026-09-21T14:13:19.000001Z", AT_US - 999_999),
            ("2026-09-21T16:13:19+02:00", AT_US - 1_000_000),
            ("2026-09-21T14:13:19", AT_US - 1_000_000),
            ("2000-01-01T00:00:00Z", 946_684_800_000_000),
            ("1999-12-31T23:59:59Z", AT_US),
            ("1970-01-01T00:00:00Z", AT_US),
            ("2099-01-01T00:00:00Z", AT_US),
            ("0001-01-01T00:00:00+23:59", AT_US),
            ("9999-12-31T23:59:59-23:59", AT_US),
            ("yesterday", AT_US),
            ("", AT_US),
            (1_600_000_000, AT_US),
            (None, AT_US),
            ("2" * 100_000, AT_US),
        ],
    )
    def test_claims_are_clamped(self, claim, expected):
        assert content({"text": "", "createdAt": claim}).created_us == expected


class TestSoftFields:
    GOOD: dict[str, Any] = {"text": "kept", "langs": ["en"], "tags": ["a"]}  # noqa: RUF012

    @pytest.mark.parametrize("wrong", [None, 5, "x", True, {}, [], [5], [None], [[]], {"a": []}])
    @pytest.mark.parametrize(
        "field", ["langs", "facets", "reply", "embed", "labels", "tags", "createdAt", "entities"]
    )
    def test_a_wrong_optional_field_costs_itself_only(self, field, wrong):
        found = content({"text": "kept", "langs": ["en"], field: wrong})
        assert found.text == "kept"
        if field != "langs":
            assert found.langs == ("en",)

    def test_list_members_are_judged_one_by_one(self):
        found = content(
            {
                "text": "",
                "langs": ["en", 5, "no such language"],
                "tags": ["a", 5, "", "a", "b\x00"],
                "labels": {"values": [{"val": "nudity"}, {"val": 5}, 7, {"val": "a,b"}]},
            }
        )
        assert found.langs == ("en",)
        assert found.tags == ("a", "b")
        assert found.labels == ("nudity",)

    def test_long_texts_are_cut(self):
        assert len(content({"text": "é" * 100_000}).text) == 10_000

    def test_controls_keep_offsets(self):
        text = "a\x00\x07b #x"
        features = [{"$type": "app.bsky.richtext.facet#tag", "tag": "x"}]
        facet = {"index": {"byteStart": 5, "byteEnd": 7}, "features": features}
        found = content({"text": text, "facets": [facet]})
        assert found.text == "a  b #x"
        assert found.text.encode()[5:7] == b"#x"
        assert found.facets == (Facet(5, 7, "tag", "x"),)

    def test_line_ends_and_tabs_stay(self):
        assert content({"text": "a\n\tb\r\n"}).text == "a\n\tb\r\n"

    @pytest.mark.parametrize("text", ["👩‍👩‍👧‍👦 🏳️‍🌈", "مرحبا بالعالم", "שלום", "नमस्ते", "\u202eabc"])
    def test_all_scripts_stay(self, text):
        assert content({"text": text}).text == text

    def test_lone_surrogates_are_mended(self):
        raw = json.dumps(frame({"text": "TEXT", "langs": ["en"]}))
        decoded = v1.decode(raw.replace("TEXT", r"a\ud800b \ud83d\ude00 \\ud800 \udc00").encode())
        (post,) = decoded.changes
        assert isinstance(post, PutPost)
        assert post.content.text == "a\ufffdb 😀 \\ud800 \ufffd"
        assert post.content.langs == ("en",)

    def test_a_like_survives_a_wrong_via(self):
        for via in (5, "x", {"uri": 5}, {"uri": "nowhere"}, [], None):
            record = {"subject": {"uri": ANA_POST}, "via": via, "createdAt": 5}
            (like,) = decode(frame(record, "app.bsky.feed.like")).changes
            assert isinstance(like, PutEdge)
            assert like.via is None

    def test_a_profile_with_wrong_fields(self):
        record = {"displayName": 5, "description": "d" * 9000, "labels": 1}
        event = frame(record, "app.bsky.actor.profile", commit={"rkey": "self"})
        (profile,) = decode(event).changes
        assert isinstance(profile, PutProfile)
        assert (profile.display_name, len(profile.description)) == ("", 2560)

    def test_a_profile_that_hides_from_the_logged_out(self):
        record = {"labels": {"values": [{"val": "!no-unauthenticated"}]}}
        event = frame(record, "app.bsky.actor.profile", commit={"rkey": "self"})
        assert decode(event).changes[0].labels == ("!no-unauthenticated",)


class TestFacets:
    LINK = {"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org"}  # noqa: RUF012

    def facets(self, text: str, *spans: tuple[Any, Any], features: Any = None) -> list[Any]:
        features = [self.LINK] if features is None else features
        record = {
            "text": text,
            "facets": [
                {"index": {"byteStart": start, "byteEnd": end}, "features": features}
                for start, end in spans
            ],
        }
        return [(facet.start, facet.end) for facet in content(record).facets]

    def test_out_of_range(self):
        wrong = [(0, 0), (2, 1), (-1, 2), (0, 6), (6, 7), ("0", 1), (0, 1.0), (None, 1), (True, 2)]
        assert self.facets("abcde", *wrong, (0, 5)) == [(0, 5)]

    def test_inside_a_character(self):
        assert self.facets("é☕a", (1, 2), (0, 1), (2, 4), (3, 6), (2, 5)) == [(2, 5)]

    def test_sorted_and_apart(self):
        assert self.facets("abcdefgh", (4, 6), (0, 3), (2, 5), (0, 3), (6, 8)) == [
            (0, 3),
            (4, 6),
            (6, 8),
        ]

    @pytest.mark.parametrize(
        "feature",
        [
            {"$type": "app.bsky.richtext.facet#link", "uri": "javascript:alert(1)"},
            {"$type": "app.bsky.richtext.facet#link", "uri": 'https://a"onclick=x'},
            {"$type": "app.bsky.richtext.facet#mention", "did": "ana"},
            {"$type": "app.bsky.richtext.facet#tag", "tag": " "},
            {"$type": "app.bsky.richtext.facet#dance"},
            {"uri": "https://example.org"},
            5,
        ],
    )
    def test_unknown_or_hostile_features(self, feature):
        assert self.facets("abc", (0, 2), features=[feature]) == []
        assert self.facets("abc", (0, 2), features=[feature, self.LINK]) == [(0, 2)]


class TestReplies:
    REF = {"uri": ANA_POST, "cid": "x"}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("reply", "expected"),
        [
            ({"parent": REF, "root": REF}, (ANA_POST, ANA_POST)),
            ({"parent": REF}, (ANA_POST, ANA_POST)),
            ({"root": REF, "parent": {"uri": "x"}}, (ANA_POST, ANA_POST)),
            ({"root": {"uri": 5}, "parent": REF}, (ANA_POST, ANA_POST)),
            ({"root": {"uri": "at://ana.example/app.bsky.feed.post/3k"}}, (None, None)),
            ({}, (None, None)),
        ],
    )
    def test_either_end_stands_in_for_the_other(self, reply, expected):
        found = content({"text": "", "reply": reply})
        assert (found.parent_uri, found.root_uri) == expected


class TestEmbeds:
    IMAGE = {"$type": "app.bsky.embed.images", "images": [{"alt": "a"}]}  # noqa: RUF012

    @pytest.mark.parametrize(
        "uri",
        [
            f"at://{ANA}/app.bsky.feed.generator/x",
            f"at://{ANA}/app.bsky.graph.list/x",
            "https://example.org",
            5,
        ],
    )
    def test_only_posts_are_quotes(self, uri):
        found = content(
            {"text": "", "embed": {"$type": "app.bsky.embed.record", "record": {"uri": uri}}}
        )
        assert (found.quote_uri, found.media) == (None, Media.NONE)

    def test_media_survives_a_quote_that_is_none(self):
        embed = {"$type": "app.bsky.embed.recordWithMedia", "media": self.IMAGE, "record": 5}
        found = content({"text": "", "embed": embed})
        assert (found.media, found.images) == (Media.IMAGE, (Image("", "a"),))

    @pytest.mark.parametrize(
        "ratio",
        [
            None,
            5,
            {},
            {"width": 0, "height": 1},
            {"width": "1", "height": 1},
            {"width": True, "height": 1},
        ],
    )
    def test_wrong_shapes(self, ratio):
        embed = {"$type": "app.bsky.embed.images", "images": [{"alt": 5, "aspectRatio": ratio}, 5]}
        assert content({"text": "", "embed": embed}).images == (Image(""),)

    def test_a_card_without_an_honest_address(self):
        external = {"uri": "javascript:alert(1)", "title": "x", "description": "y"}
        embed = {"$type": "app.bsky.embed.external", "external": external}
        found = content({"text": "", "embed": embed})
        assert (found.card, found.media) == (None, Media.LINK)

    def test_old_blobs(self):
        cid = "bafkreigxxxkul4e5rjz4fomqgn6ieeoxbcqeztmxjbrhnbpe7r44ya4ahe"
        embed = {
            "$type": "app.bsky.embed.images",
            "images": [{"alt": "", "image": {"cid": cid, "mimeType": "image/png"}}],
        }
        assert cid in content({"text": "", "embed": embed}).images[0].url


class TestAccounts:
    @pytest.mark.parametrize(
        ("account", "status"),
        [
            ({"active": True}, AccountStatus.ACTIVE),
            ({"active": True, "status": "desynchronized"}, AccountStatus.ACTIVE),
            ({"active": True, "status": "deleted"}, AccountStatus.ACTIVE),
            ({"active": False}, AccountStatus.HIDDEN),
            ({"active": False, "status": "suspended"}, AccountStatus.HIDDEN),
            ({"active": False, "status": "something new"}, AccountStatus.HIDDEN),
            ({"active": False, "status": 5}, AccountStatus.HIDDEN),
            ({"active": False, "status": "deleted"}, AccountStatus.DELETED),
        ],
    )
    def test_active_is_obeyed(self, account, status):
        event = {"did": ANA, "time_us": AT_US, "kind": "account", "account": account}
        assert decode(event).changes == (AccountState(ANA, status, AT_US),)

    @pytest.mark.parametrize("active", [None, 0, 1, "false"])
    def test_active_must_be_a_truth_value(self, active):
        event = {"did": ANA, "time_us": AT_US, "kind": "account", "account": {"active": active}}
        assert decode(event).dropped == "bad_account"

    @pytest.mark.parametrize(
        ("identity", "handle"),
        [
            (None, None),
            ({}, None),
            ({"handle": "Ana.Example.Social"}, "ana.example.social"),
            ({"handle": "<b>"}, None),
            ({"handle": 5}, None),
        ],
    )
    def test_handles(self, identity, handle):
        event = {"did": ANA, "time_us": AT_US, "kind": "identity", "identity": identity}
        assert decode(event).changes == (Identity(ANA, AT_US, handle),)


class TestV2:
    def test_messages_about_the_stream(self):
        info = {
            "$type": "message",
            "payload": {
                "$type": "network.bsky.jetstream.subscribeEvents#info",
                "name": "OutdatedCursor",
                "message": "moved",
            },
        }
        decoded = v2.decode(json.dumps(info))
        assert (decoded.notice, decoded.fatal) == ("OutdatedCursor", False)
        error = {"$type": "error", "error": "ConsumerTooSlow", "message": "too slow"}
        decoded = v2.decode(json.dumps(error))
        assert (decoded.notice, decoded.fatal) == ("ConsumerTooSlow", True)

    def test_sync_is_ignored_and_moves_on(self):
        sync = {
            "$type": "message",
            "payload": {
                "$type": "network.bsky.jetstream.subscribeEvents#sync",
                "seq": 9,
                "did": ANA,
                "time": "2026-09-21T14:13:20Z",
                "sync": {},
            },
        }
        decoded = v2.decode(json.dumps(sync))
        assert (decoded.ignored, decoded.position, decoded.time_us) == ("sync", 9, AT_US)

    @pytest.mark.parametrize("time", ["", "soon", 5, None])
    def test_an_event_needs_a_time(self, time):
        event = {
            "$type": "message",
            "payload": {
                "$type": "network.bsky.jetstream.subscribeEvents#identity",
                "seq": 9,
                "did": ANA,
                "time": time,
            },
        }
        assert v2.decode(json.dumps(event)).dropped == "malformed"

    def test_a_v1_frame_that_speaks_of_payloads(self):
        event = frame({"text": "", "payload": {"$type": "x"}})
        assert either.decode(json.dumps(event).encode()).changes == decode(event).changes


FIELDS = [
    "$type",
    "uri",
    "cid",
    "did",
    "record",
    "media",
    "images",
    "items",
    "external",
    "index",
    "features",
    "byteStart",
    "byteEnd",
    "text",
    "langs",
    "facets",
    "reply",
    "parent",
    "root",
    "embed",
    "labels",
    "values",
    "val",
    "tags",
    "subject",
    "via",
    "post",
    "hiddenReplies",
    "active",
    "handle",
    "rkey",
    "collection",
    "operation",
    "commit",
    "kind",
    "time_us",
]

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=20)
    | st.sampled_from([ANA, ANA_POST, REV, "app.bsky.embed.record", "app.bsky.embed.images"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(FIELDS),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)
COLLECTIONS = [
    "app.bsky.feed.post",
    "app.bsky.feed.like",
    "app.bsky.graph.follow",
    "app.bsky.feed.threadgate",
    "app.bsky.feed.postgate",
    "app.bsky.actor.profile",
]


class TestFuzz:
    @given(st.binary(max_size=200) | st.text(st.characters(), max_size=200))
    def test_any_bytes(self, raw):
        for decoder in (v1, v2, either):
            decoder.decode(raw)

    @given(json_values)
    def test_any_json(self, value):
        raw = json.dumps(value)
        for decoder in (v1, v2, either):
            decoder.decode(raw)

    @settings(max_examples=300)
    @given(json_values, st.sampled_from(COLLECTIONS))
    def test_any_record(self, record, collection):
        rkey = "self" if collection.endswith("profile") else "3k"
        decoded = decode(frame(record, collection, commit={"rkey": rkey}))
        assert decoded.dropped is not None or decoded.ignored is not None or decoded.changes

    @settings(max_examples=300)
    @given(
        st.dictionaries(
            st.sampled_from(["langs", "facets", "reply", "embed", "labels", "tags"]), json_values
        )
    )
    def test_optional_fields_never_cost_the_post(self, fields):
        found = content({"text": "kept", **fields})
        assert found.text == "kept"
        for facet in found.facets:
            found.text.encode()[facet.start : facet.end].decode()

    @given(st.binary(min_size=1, max_size=3), st.integers(0, 10_000), st.data())
    def test_damaged_frames(self, noise, at, data):
        raw = json.dumps(frame({"text": "abc", "langs": ["en"]})).encode()
        at %= len(raw)
        v1.decode(raw[:at] + noise + raw[at + len(noise) :])
        v1.decode(raw[:at])
