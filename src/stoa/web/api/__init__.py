"""The HTTP interface for programs: a feed, events, posts of one's own, and its description."""
