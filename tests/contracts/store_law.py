"""What the stores must come to, written down apart from them: a pure function of the changes.

Also a listener that knows the square from effects only, and what a store says of itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from stoa.records import (
    AccountChanged,
    AccountErased,
    AccountState,
    AccountStatus,
    Change,
    EdgeGone,
    EdgeKind,
    EdgePut,
    GatePut,
    Identity,
    Label,
    PostContent,
    PostGone,
    PostLabelled,
    PostPut,
    PutEdge,
    PutGate,
    PutPost,
    PutProfile,
    Remove,
)

PEOPLE = ("did:plc:ana", "did:plc:bo", "did:plc:cy")
COLLECTIONS = {
    EdgeKind.LIKE: "app.bsky.feed.like",
    EdgeKind.REPOST: "app.bsky.feed.repost",
    EdgeKind.FOLLOW: "app.bsky.graph.follow",
    EdgeKind.BLOCK: "app.bsky.graph.block",
}
HIDING = {"!hide", "!takedown", "!suspend"}
POSTS = tuple(f"at://{who}/app.bsky.feed.post/{key}" for who in PEOPLE for key in "12")
POSTS += ("app://ana/7",)
OWNER = {uri: uri.split("/")[2] if uri.startswith("at:") else "did:plc:ana" for uri in POSTS}


def pick(options: tuple, *seed: object):
    """One of the options, the same for the same seed: a record's version says one thing only."""
    return options[sum(map(ord, "|".join(map(str, seed)))) % len(options)]


def put_post(uri: str, at_us: int) -> PutPost:
    parent = pick((None, *POSTS), "parent", uri, at_us)
    content = PostContent(
        text=f"{uri} at {at_us}",
        created_us=at_us,
        langs=("en",),
        parent_uri=parent,
        root_uri=parent,
        quote_uri=pick((None, None, *POSTS), "quote", uri, at_us),
        labels=pick(((), ("nudity",)), "label", uri, at_us),
    )
    return PutPost(uri, OWNER[uri], at_us, at_us, content)


def edge_address(kind: EdgeKind, actor: str, key: str) -> str:
    if key == "local":
        return f"local://{actor}/{kind.name}"
    return f"at://{actor}/{COLLECTIONS[kind]}/{key}"


def put_edge(kind: EdgeKind, actor: str, key: str, at_us: int) -> PutEdge:
    subjects = POSTS if kind in (EdgeKind.LIKE, EdgeKind.REPOST) else PEOPLE
    subject = pick(subjects, kind, actor, key, at_us)
    return PutEdge(kind, edge_address(kind, actor, key), actor, subject, at_us, at_us)


def put_gate(who: str, collection: str, at_us: int) -> PutGate:
    post = f"at://{who}/app.bsky.feed.post/1"
    hidden = (pick(POSTS, "hidden", at_us),) if collection == "threadgate" else ()
    detached = (pick(POSTS, "detached", at_us),) if collection == "postgate" else ()
    uri = f"at://{who}/app.bsky.feed.{collection}/1"
    return PutGate(uri, who, post, at_us, at_us, hidden, detached)


def profile_of(who: str, at_us: int) -> PutProfile:
    labels = pick(((), ("!no-unauthenticated",)), who, at_us)
    return PutProfile(who, at_us, at_us, f"{who} {at_us}", "", labels)


times = st.integers(1, 12)
people = st.sampled_from(PEOPLE)
edge_keys = st.sampled_from(("1", "2", "local"))
kinds = st.sampled_from(tuple(EdgeKind))


@st.composite
def removals(draw: st.DrawFn) -> Remove:
    who, at_us = draw(people), draw(times)
    uri = draw(
        st.one_of(
            st.sampled_from(POSTS),
            st.builds(edge_address, kinds, st.just(who), edge_keys),
            st.just(f"at://{who}/app.bsky.actor.profile/self"),
            st.just(f"at://{who}/app.bsky.feed.threadgate/1"),
            st.just(f"at://{who}/app.bsky.feed.postgate/1"),
        )
    )
    return Remove(uri, OWNER.get(uri, who), at_us, at_us)


changes = st.one_of(
    st.builds(put_post, st.sampled_from(POSTS), times),
    st.builds(put_post, st.sampled_from(POSTS), times),
    st.builds(put_edge, kinds, people, edge_keys, times),
    st.builds(put_edge, kinds, people, edge_keys, times),
    removals(),
    st.builds(AccountState, people, st.sampled_from(tuple(AccountStatus)), times),
    st.builds(profile_of, people, times),
    st.builds(Identity, people, times, st.sampled_from((None, "ana.example", "bo.example"))),
    st.builds(
        Label,
        st.just("did:plc:labeller"),
        st.sampled_from(POSTS + PEOPLE),
        st.sampled_from(("!hide", "porn")),
        times,
        st.booleans(),
    ),
    st.builds(put_gate, people, st.sampled_from(("threadgate", "postgate")), times),
)


# --------------------------------------------------------------------------- what must hold


def expected(taken: list[Change]) -> dict[str, object]:
    """The state that these changes come to, in whatever order they came."""
    erased = {
        who: max(
            (c.at_us for c in taken if _deletes(c) and c.account == who),  # type: ignore[union-attr]
            default=0,
        )
        for who in (*PEOPLE, "did:plc:labeller")
    }
    states = {
        who: max(((c.at_us, c.status) for c in taken if _is(c, AccountState, who)), default=None)
        for who in PEOPLE
    }
    labels = _labels(taken)
    accounts: dict[str, object] = {}
    visible: dict[str, bool] = {}
    for who in PEOPLE:
        own = _winner([c for c in taken if _is_profile(c, who) and c.at_us > erased[who]])
        handles = [
            (c.at_us, c.handle)
            for c in taken
            if _is(c, Identity, who) and c.handle and c.at_us > erased[who]
        ]
        profile = own if isinstance(own, PutProfile) else None
        status = states[who][1] if states[who] else AccountStatus.ACTIVE
        held = (profile.labels if profile else ()) + tuple(sorted(labels.get(who, ())))
        visible[who] = status is AccountStatus.ACTIVE and HIDING.isdisjoint(held)
        accounts[who] = (
            max(handles)[1] if handles else None,
            profile.display_name if profile else "",
            status,
            held,
        )
    posts, gone = _posts(taken, erased), _gone(taken, erased)
    live = {uri: put for uri, put in posts.items() if isinstance(put, PutPost)}
    return {
        "posts": {
            uri: _post_facts(uri, put, taken, erased, posts, gone)
            for uri, put in live.items()
            if visible[put.author]
        },
        "labels": {
            uri: set(put.content.labels) | labels.get(uri, set())
            for uri, put in live.items()
            if visible[put.author]
        },
        "edges": {
            (c.kind, c.actor, _named(c.subject, posts, gone), c.at_us)
            for c in _edges(taken, erased)
            if visible[c.actor]
        },
        "accounts": accounts,
        "gates": _gates(taken, erased, posts),
        "marked": {who for who in PEOPLE if accounts[who][3] or not visible[who]},
        "counts": (len(live), sum(put.content.parent_uri is not None for put in live.values())),
    }


def _deletes(change: Change) -> bool:
    return isinstance(change, AccountState) and change.status is AccountStatus.DELETED


def _is(change: Change, sort: type, who: str) -> bool:
    return isinstance(change, sort) and change.account == who


def _is_profile(change: Change, who: str) -> bool:
    uri = f"at://{who}/app.bsky.actor.profile/self"
    return _is(change, PutProfile, who) or (isinstance(change, Remove) and change.uri == uri)


def _winner(versions: list) -> object | None:
    """The greatest revision holds; of equal ones the removal."""
    return max(versions, key=lambda c: (c.revision, isinstance(c, Remove)), default=None)


def _versions(taken: list[Change], uri: str, erased: dict[str, int], sort: type) -> list:
    return [
        c
        for c in taken
        if isinstance(c, sort | Remove)
        and c.uri == uri
        and c.at_us > erased[c.actor if isinstance(c, PutEdge) else c.author]
    ]


def _posts(taken: list[Change], erased: dict[str, int]) -> dict[str, object]:
    found = {uri: _winner(_versions(taken, uri, erased, PutPost)) for uri in POSTS}
    return {uri: winner for uri, winner in found.items() if winner is not None}


def _post_facts(uri, put, taken, erased, posts, gone):
    heard = [c.at_us for c in _versions(taken, uri, erased, PutPost)]
    content = put.content
    return (
        put.author,
        put.revision,
        put.at_us if erased[put.author] else min(heard),
        content.text,
        _named(content.parent_uri, posts, gone),
        _named(content.quote_uri, posts, gone),
    )


def _named(subject: str | None, posts: dict[str, object], gone: set[str]) -> str | None:
    """A post that was removed, or erased with its author, leaves no name."""
    if subject is None or subject not in OWNER or isinstance(posts.get(subject), PutPost):
        return subject
    return None if subject in posts or subject in gone else subject


def _gone(taken: list[Change], erased: dict[str, int]) -> set[str]:
    """URIs that an erasure takes the names of: of its repository, or known as its own."""
    own = {uri for uri in POSTS if uri.startswith("at:") and erased[OWNER[uri]]}
    kept_out = {
        c.uri
        for c in taken
        if isinstance(c, PutPost | Remove) and c.uri in OWNER and c.at_us <= erased[c.author]
    }
    return own | kept_out


def _edges(taken: list[Change], erased: dict[str, int]) -> list[PutEdge]:
    found = []
    for kind, actor, uri in {(c.kind, c.actor, c.uri) for c in taken if isinstance(c, PutEdge)}:
        winner = _winner(
            [
                c
                for c in _versions(taken, uri, erased, PutEdge)
                if isinstance(c, Remove) or (c.kind, c.actor) == (kind, actor)
            ]
        )
        if isinstance(winner, PutEdge):
            found.append(winner)
    return found


def _labels(taken: list[Change]) -> dict[str, set[str]]:
    newest: dict[tuple[str, str], tuple[int, bool]] = {}
    for c in taken:
        if isinstance(c, Label):
            key = (c.subject, c.value)
            newest[key] = max(newest.get(key, (0, False)), (c.at_us, c.negated))
    held: dict[str, set[str]] = {}
    for (subject, value), (_, negated) in newest.items():
        if not negated:
            held.setdefault(subject, set()).add(value)
    return held


def _gates(taken, erased, posts):
    found: dict[str, tuple[set, set]] = {}
    for uri in {c.uri for c in taken if isinstance(c, PutGate)}:
        winner = _winner(_versions(taken, uri, erased, PutGate))
        if isinstance(winner, PutGate):
            hidden, detached = found.setdefault(winner.post_uri, (set(), set()))
            hidden |= set(winner.hidden_replies)
            detached |= set(winner.detached_quotes)
    # Names of what is gone are gone too, so wishes are compared by how many posts they name.
    return sorted((len(hidden), len(detached)) for hidden, detached in found.values())


# ------------------------------------------------------------------------ what a store says


def told_by(store) -> dict[str, object]:
    """The same facts, asked of a store."""
    posts, labels = {}, {}
    for columns in store.scan_posts():
        found = store.posts(columns.id.tolist())
        assert list(found) == columns.id.tolist()
        for post, text in zip(found.values(), columns.labels, strict=True):
            content = post.content
            posts[post.uri] = (
                post.author_name,
                post.revision,
                post.at_us,
                content.text,
                content.parent_uri,
                content.quote_uri,
            )
            labels[post.uri] = set(text.split(",")) - {""}
            assert store.post_id(post.uri) == post.id
    accounts = {}
    for who in PEOPLE:
        account = store.accounts([store.account_id(who) or 0]).values()
        facts = [(a.handle, a.display_name, a.status, a.labels) for a in account]
        accounts[who] = facts[0] if facts else (None, "", AccountStatus.ACTIVE, ())
    counts = store.counts()
    return {
        "posts": posts,
        "labels": labels,
        "edges": edges_told_by(store),
        "accounts": accounts,
        "gates": sorted(
            (len(g.hidden_replies), len(g.detached_quotes)) for g in store.scan_gates()
        ),
        "marked": {account.name for account in store.marked_accounts()},
        "counts": (counts.posts, counts.replies),
    }


def edges_told_by(store) -> set:
    found = set()
    for kind in EdgeKind:
        to_posts = kind in (EdgeKind.LIKE, EdgeKind.REPOST)
        for columns in store.scan_edges(kind):
            rows = zip(columns.actor, columns.subject, columns.at_us, strict=True)
            for actor, subject, at_us in rows:
                who = store.accounts([actor])[actor].name
                if to_posts:
                    named = store.uris([subject]).get(subject)
                else:
                    named = store.accounts([subject])[subject].name
                found.add((kind, who, named, at_us))
    return found


@dataclass
class Listener:
    """A square known from effects only, as the feed's board knows it."""

    posts: dict[int, int] = field(default_factory=dict)  # post -> author
    edges: set[tuple[int, int, int]] = field(default_factory=set)
    labels: dict[int, set[str]] = field(default_factory=dict)
    gates: dict[int, tuple] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)

    def hear(self, effects) -> None:  # noqa: C901  one case a kind of effect
        for effect in effects:
            match effect:
                case PostPut(post, fresh):
                    assert fresh == (post.id not in self.posts or post.author in self.hidden)
                    self.posts[post.id] = post.author
                    self.labels[post.id] = set(post.content.labels)
                case PostGone(post):
                    self.posts.pop(post, None)
                case EdgePut(kind, actor, subject, _, uri):
                    assert kind is not EdgeKind.REPOST or uri
                    self.edges.add((kind, actor, subject))
                case EdgeGone(kind, actor, subject):
                    self.edges.discard((kind, actor, subject))
                case AccountErased(account, posts):
                    for post in posts:
                        self.posts.pop(post, None)
                    self.edges = {edge for edge in self.edges if edge[1] != account}
                case AccountChanged(account):
                    self._change(account)
                case PostLabelled(post, labels):
                    self.labels[post] = set(labels)
                case GatePut(post, hidden, detached):
                    self.gates[post] = (set(hidden), set(detached))

    def _change(self, account) -> None:
        visible = account.status is AccountStatus.ACTIVE and HIDING.isdisjoint(account.labels)
        if visible:
            self.hidden.discard(account.id)
            return
        self.hidden.add(account.id)
        self.posts = {p: author for p, author in self.posts.items() if author != account.id}
        self.edges = {edge for edge in self.edges if edge[1] != account.id}

    def agrees_with(self, store) -> None:
        """Asserts that effects told all that a reload would."""
        labels = {}
        for columns in store.scan_posts():
            for post, text in zip(columns.id.tolist(), columns.labels, strict=True):
                labels[post] = set(text.split(",")) - {""}
        assert self.posts.keys() == labels.keys()
        assert {post: self.labels[post] for post in self.posts} == labels
        edges = {
            (kind, actor, subject)
            for kind in EdgeKind
            for columns in store.scan_edges(kind)
            for actor, subject in zip(columns.actor.tolist(), columns.subject.tolist(), strict=True)
        }
        assert self.edges == edges
        gates = {
            g.post: (set(g.hidden_replies), set(g.detached_quotes)) for g in store.scan_gates()
        }
        held = {post: wishes for post, wishes in self.gates.items() if any(wishes)}
        assert held == {post: wishes for post, wishes in gates.items() if any(wishes)}
