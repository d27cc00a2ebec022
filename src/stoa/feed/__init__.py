"""The For You feed: what a viewer is shown, in which order, and why."""
