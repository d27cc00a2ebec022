"""What a reader did, in words: for reasons, tables and the line said after an act."""

from __future__ import annotations

from stoa.records import EventKind

DID_TO_POST = {
    EventKind.IMPRESSION: "You saw",
    EventKind.DWELL: "You stayed on",
    EventKind.LIKE: "You liked",
    EventKind.REPOST: "You reposted",
    EventKind.REPLY: "You replied to",
    EventKind.QUOTE: "You quoted",
    EventKind.FOLLOW: "You followed the author of",
    EventKind.CLICK: "You opened",
    EventKind.SHOW_MORE: "You asked for more like",
    EventKind.SHOW_LESS: "You asked for less like",
    EventKind.NOT_INTERESTED: "You passed on",
    EventKind.HIDE: "You hid",
    EventKind.GLAD: "You were glad to see",
    EventKind.REGRET: "You wished you hadn’t seen",
}

SHORT = {
    EventKind.DWELL: "stayed",
    EventKind.LIKE: "liked",
    EventKind.REPOST: "reposted",
    EventKind.REPLY: "replied",
    EventKind.QUOTE: "quoted",
    EventKind.FOLLOW: "followed",
    EventKind.CLICK: "opened",
    EventKind.SHOW_MORE: "asked for more",
    EventKind.GLAD: "glad",
}

SAID_AFTER = {
    EventKind.LIKE: "Liked. Posts near this one will come closer.",
    EventKind.REPOST: "Reposted in this square.",
    EventKind.SHOW_MORE: "You will see more like this.",
    EventKind.SHOW_LESS: "You will see less like this.",
    EventKind.NOT_INTERESTED: "Noted: not for you.",
    EventKind.HIDE: "This post is hidden for you.",
    EventKind.MUTE: "This author is muted.",
    EventKind.BLOCK: "This author is blocked: neither sees the other.",
    EventKind.FOLLOW: "You follow this author in this square.",
    EventKind.REPORT: "Reported to whoever runs this square, and hidden for you.",
    EventKind.GLAD: "Good. That counts most here.",
    EventKind.REGRET: "Sorry. Posts like this will weigh against themselves.",
    EventKind.NO_OPINION: "Thank you. That counts too.",
}

SAID_AFTER_UNDO = {
    EventKind.LIKE: "The like is taken back.",
    EventKind.FOLLOW: "You no longer follow this author here.",
    EventKind.BLOCK: "This author is no longer blocked here.",
    EventKind.MUTE: "This author is no longer muted.",
    EventKind.HIDE: "The post is shown again.",
    EventKind.REPORT: "The report is taken back.",
    EventKind.GLAD: "Taken back.",
    EventKind.REGRET: "Taken back.",
}


def did_words(kind: EventKind) -> str:
    """The beginning of a sentence about an act on a post."""
    return DID_TO_POST.get(kind, "You acted on")


def short_words(kind: EventKind) -> str:
    """An act in one word or two."""
    return SHORT.get(kind, kind.name.lower().replace("_", " "))


def said_after(kind: EventKind, undoes: EventKind | None = None) -> str:
    """What to say when an act was kept."""
    if kind is EventKind.UNDO:
        return SAID_AFTER_UNDO.get(undoes or EventKind.UNDO, "Taken back.")
    return SAID_AFTER.get(kind, "Noted.")
