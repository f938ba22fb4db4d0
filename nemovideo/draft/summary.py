"""The timeline in one line of words."""

from collections.abc import Iterator, Sequence
from typing import Final

from nemovideo.draft.languages import Language, clean, spoken
from nemovideo.draft.parts import Number, Track, TrackType

__all__ = ["summarize"]

_MOST: Final = 12
"""Tracks that are told one by one; nobody reads more."""


def summarize(tracks: Sequence[Track], language: str) -> str:
    """Say what is on the tracks, in the form of contract section 5."""
    words = spoken(language)
    told = [_lane(place, track, words) for place, track in enumerate(tracks[:_MOST], 1)]
    if more := len(tracks) - len(told):
        told.append(words.listing["more"].format(more=more))
    form = words.listing["one" if len(tracks) == 1 else "whole"]
    return form.format(count=len(tracks), tracks=" ".join(told) or words.listing["empty"])


def _content(track: Track, language: Language) -> str:
    """Say what is on a track: by the first that has a name, and how many there are."""
    listing, count = language.listing, len(track.segments)
    if not count:
        return listing["empty"]
    segments = listing["segments"].format(count=count)
    name = next(filter(None, map(language.named, track.segments)), "")
    if not name:
        told = [clean(track.name or ""), segments if count > 1 else ""]
        return listing["comma"].join(filter(None, told)) or listing["unnamed"]
    return name if count == 1 else listing["several"].format(name=name, more=count - 1, count=count)


def _lane(position: int, track: Track, language: Language) -> str:
    said = _content(track, language)
    if facts := language.listing["comma"].join(_facts(track, language)):
        said += language.listing["facts"].format(facts=facts)
    heading = language.heading(track)
    return language.listing["lane"].format(position=position, heading=heading, content=said)


def _facts(track: Track, language: Language) -> Iterator[str]:
    if not track.segments:
        return
    yield language.listed_span(_ends(track))
    volumes = [segment.volume for segment in track.segments if segment.volume is not None]
    if track.type == TrackType.AUDIO and volumes:
        yield language.volume(volumes)


def _ends(track: Track) -> tuple[Number, Number]:
    spans = list(track.spans())
    return min(start for _, start, _ in spans), max(end for _, _, end in spans)
