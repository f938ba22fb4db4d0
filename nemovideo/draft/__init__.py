"""The timeline: typed, readable, and lossless towards the wire."""

from nemovideo.draft.change import Change
from nemovideo.draft.model import Draft
from nemovideo.draft.parts import Segment, Track, TrackType

__all__ = ["Change", "Draft", "Segment", "Track", "TrackType"]
