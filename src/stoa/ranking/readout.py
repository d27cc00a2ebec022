"""What a ranker's outputs mean once calibrated: probabilities, seconds, and published heads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.ranking.dwell import LONGEST_S
from stoa.ranking.heads import (
    ACTIONS,
    GLAD,
    N_ACTIONS,
    N_LOGITS,
    REGRET,
    SKIP,
    SKIP_S,
    Action,
    Unlisted,
    expected_seconds,
    probabilities,
)
from stoa.ranking.predictions import Predictions
from stoa.records import EventKind

Floats = NDArray[np.float64]

NEW_DAYS = 2.0
"""For so long an author after the first post, and a viewer after the first showing, is new."""

NOT_PREDICTED = (
    "share_by_message",
    "share_by_link",
    "open_link",
    "photo_expand",
    "video_open",
    "video_view",
    "quoted_video_view",
    "quoted_click",
    "unexplored",
    "click_dwell_s",
    "active_s",
    "reply_engaged_by_author",
    "profile_click_engaged",
    "good_click",
    "video_half",
)
"""Heads that published formulas read and that no event of ours could teach: zero throughout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What is done to outputs before they are believed; fitted on a newest, held-out hour."""

    scale: NDArray[np.float64]  # (N_LOGITS,) of each logit
    offset: NDArray[np.float64]  # (N_LOGITS,) added after the scale
    seconds: float  # factor of E[T], but for skips
    skip_s: float = SKIP_S / 2  # mean seconds of a skip
    slope: float = 1.0  # how far E[T] is believed to differ from its mean
    mean_s: float = 0.0  # that mean, after the factor
    reply_slope: float | None = None  # of replies; None: the same
    reply_mean_s: float = 0.0
    new_share: float = 1.0  # of the spread of E[T]: among authors who are new
    new_mean_s: float = 0.0  # about this

    @classmethod
    def none(cls) -> Calibration:
        """Outputs are believed as they are."""
        return cls(scale=np.ones(N_LOGITS), offset=np.zeros(N_LOGITS), seconds=1.0)

    @classmethod
    def of(cls, params: dict[str, Any]) -> Calibration:
        """The one kept in a ranker's parameters."""
        kept = params["calibration"]
        return cls(
            scale=np.asarray(kept["scale"], dtype=np.float64),
            offset=np.asarray(kept["offset"], dtype=np.float64),
            seconds=float(kept["seconds"]),
            skip_s=float(kept["skip_s"]),
            slope=float(kept["slope"]),
            mean_s=float(kept["mean_s"]),
            reply_slope=float(kept["reply_slope"]),
            reply_mean_s=float(kept["reply_mean_s"]),
            new_share=float(kept["new_share"]),
            new_mean_s=float(kept["new_mean_s"]),
        )

    def in_params(self, params: dict[str, Any]) -> dict[str, Any]:
        """The same parameters with this calibration."""
        kept = {
            "scale": self.scale.astype(np.float32),
            "offset": self.offset.astype(np.float32),
            "seconds": np.float32(self.seconds),
            "skip_s": np.float32(self.skip_s),
            "slope": np.float32(self.slope),
            "mean_s": np.float32(self.mean_s),
            **self._of_replies(),
            "new_share": np.float32(self.new_share),
            "new_mean_s": np.float32(self.new_mean_s),
        }
        return {**params, "calibration": kept}

    def _of_replies(self) -> dict[str, np.float32]:
        if self.reply_slope is None:
            slope, mean_s = self.slope, self.mean_s
        else:
            slope, mean_s = self.reply_slope, self.reply_mean_s
        return {"reply_slope": np.float32(slope), "reply_mean_s": np.float32(mean_s)}

    def lined(
        self,
        read: Floats,
        is_reply: NDArray[np.bool_] | None,
        is_new: NDArray[np.bool_] | None = None,
    ) -> Floats:
        """E[T] beyond skips as it is believed, for each candidate where it is told what it is."""
        slope, mean_s = np.asarray(self.slope), np.asarray(self.mean_s)
        if is_reply is not None and self.reply_slope is not None:
            slope = np.where(is_reply, self.reply_slope, slope)
            mean_s = np.where(is_reply, self.reply_mean_s, mean_s)
        read = mean_s + slope * (read - mean_s)
        if is_new is None:
            return read
        new = self.new_mean_s + self.new_share * (read - self.new_mean_s)
        return np.where(is_new, new, read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readout:
    """What is believed of each of n candidates."""

    actions: NDArray[np.float64]  # (n, N_ACTIONS) probabilities, columns as `heads.ACTIONS`
    skip: NDArray[np.float64]  # (n,)
    seconds: NDArray[np.float64]  # (n,) E[T]
    glad: NDArray[np.float64]  # (n,) P("glad I saw it"), were the viewer asked
    regret: NDArray[np.float64]  # (n,) P("I wish I had not")

    def __len__(self) -> int:
        return len(self.seconds)

    def action(self, kind: Action) -> NDArray[np.float64]:
        """P of one action, (n,)."""
        return self.actions[..., ACTIONS.index(kind)]

    def either(self, *kinds: Action) -> NDArray[np.float64]:
        """P of any of these actions, as if they came independently of each other, (n,)."""
        none = np.ones_like(self.skip)
        for kind in kinds:
            none = none * (1.0 - self.action(kind))
        return 1.0 - none


def read_out(
    outputs: NDArray[np.floating],
    calibration: Calibration,
    is_reply: NDArray[np.bool_] | None = None,
    is_new: NDArray[np.bool_] | None = None,
) -> Readout:
    """Outputs of the ranker (..., N_OUTPUTS) as probabilities and seconds.

    Args:
        outputs: of the ranker.
        calibration: how far they are believed.
        is_reply: (...) which candidates answer another post; None takes all alike.
        is_new: (...) whose author first wrote less than `NEW_DAYS` ago; None: nobody's.
    """
    calibrated = outputs.astype(np.float64)
    logits = calibrated[..., :N_LOGITS] * calibration.scale + calibration.offset
    calibrated = np.concatenate([logits, calibrated[..., N_LOGITS:]], axis=-1)
    probs = probabilities(logits)
    return Readout(
        actions=probs[..., :N_ACTIONS],
        skip=probs[..., SKIP],
        seconds=_seconds(calibrated, calibration, is_reply, is_new),
        glad=probs[..., GLAD],
        regret=probs[..., REGRET],
    )


def _seconds(
    outputs: Floats,
    calibration: Calibration,
    is_reply: NDArray[np.bool_] | None,
    is_new: NDArray[np.bool_] | None,
) -> Floats:
    skips = probabilities(outputs[..., SKIP]) * calibration.skip_s
    read = calibration.seconds * expected_seconds(outputs, 0.0)
    return skips + np.clip(calibration.lined(read, is_reply, is_new), 0.0, LONGEST_S)


def predictions(readout: Readout) -> Predictions:
    """The heads that published formulas blend, so that all of them can run on this ranker.

    "Not interested" is either of our two ways to say it. `NOT_PREDICTED` names what stays zero.
    """
    less = readout.either(EventKind.NOT_INTERESTED, EventKind.SHOW_LESS)
    return replace(
        Predictions.zeros(len(readout)),
        favourite=readout.action(EventKind.LIKE),
        reply=readout.action(EventKind.REPLY),
        repost=readout.action(EventKind.REPOST),
        quote=readout.action(EventKind.QUOTE),
        follow_author=readout.action(EventKind.FOLLOW),
        share=readout.action(Unlisted.SHARE),
        profile_click=readout.action(Unlisted.PROFILE_CLICK),
        post_click=readout.action(EventKind.CLICK),
        dwell=1.0 - readout.skip,
        dwell_s=readout.seconds,
        not_dwelled=readout.skip,
        not_interested=less,
        block_author=readout.action(EventKind.BLOCK),
        mute_author=readout.action(EventKind.MUTE),
        report=readout.action(EventKind.REPORT),
        negative_feedback=readout.either(
            EventKind.NOT_INTERESTED,
            EventKind.SHOW_LESS,
            EventKind.MUTE,
            EventKind.BLOCK,
            EventKind.HIDE,
        ),
        regret=readout.regret,
    )
