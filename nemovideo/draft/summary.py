"""The timeline in one line of words."""

from collections.abc import Mapping, Sequence

from nemovideo.draft.parts import Number, Track, TrackType

__all__ = ["summarize"]

_LABELS: Mapping[int, str] = {
    TrackType.VIDEO: "Video",
    TrackType.AUDIO: "BGM",
    TrackType.TEXT: "Title",
}


def summarize(tracks: Sequence[Track]) -> str:
    """Say what is on the tracks, in the form of contract section 5."""
    count = f"{len(tracks)} track{'' if len(tracks) == 1 else 's'}"
    lanes = [f"{position}. {_lane(track)}" for position, track in enumerate(tracks, 1)]
    return " ".join([f"Timeline ({count}):" if lanes else "Timeline (0 tracks): empty", *lanes])


def _lane(track: Track) -> str:
    label = _LABELS.get(track.type, f"Track of type {track.type}")
    if not track.segments:
        return f"{label}: empty"
    try:
        return f"{label}: {_content(track)} ({', '.join(_facts(track))})"
    except OverflowError:  # JSON sets no limit to numbers, and a summary never fails
        return f"{label}: {_content(track)}"


def _content(track: Track) -> str:
    first = track.segments[0]
    said = f'"{first.text}"' if first.text else first.name or track.name or "unnamed"
    more = len(track.segments) - 1
    said = " ".join(said.split())
    return f"{said} and {more} more" if more else said


def _facts(track: Track) -> list[str]:
    spans = list(track.spans())
    start = min(begin for _, begin, _ in spans)
    end = max(finish for _, _, finish in spans)
    volume = track.segments[0].volume
    facts = [f"{_seconds(start)}-{_seconds(end)}s"]
    if track.type == TrackType.AUDIO and volume is not None:
        facts.append(f"{volume:.0%}")
    return facts


def _seconds(milliseconds: Number) -> str:
    return f"{milliseconds / 1000:.1f}".removesuffix(".0")
