"""Commands that end with a video: `make` and `export`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.console import Console

from nemovideo.cli.display import showing
from nemovideo.cli.opening import known_project, opened
from nemovideo.cli.options import (
    AsJson,
    Offline,
    OfSession,
    OfSkill,
    Quality,
    Target,
    WithinBudget,
)
from nemovideo.cli.telling import remark, remark_cost, say, say_json
from nemovideo.models import Output

if TYPE_CHECKING:
    from nemovideo import Video

__all__ = ["export", "make"]


async def make(
    *photos: Path,
    prompt: Annotated[str, Parameter(name=["--prompt", "-p"])],
    output: Target,
    quality: Quality = "high",
    language: str = "en",
    budget: WithinBudget = None,
    skill: OfSkill = None,
    emulator: Offline = False,
    json_output: AsJson = False,
) -> None:
    """Make a video of photos and a sentence.

    Args:
        photos: Photos, clips or sounds: JPEG, PNG, WebP, GIF, HEIC, mp4, mov, mp3, wav and more.
        prompt: What the video should be, in words.
        output: The MP4 to write; its folder must exist.
        quality: Quality of the render.
        language: What the agent speaks, such as en, zh-CN or ja.
        budget: Credits that may be spent; about 50 are needed for a first edit.
        skill: On whose behalf: a skill's name, or where its SKILL.md is.
        emulator: Work offline: the whole service runs on this machine while it is needed.
        json_output: Print one JSON object and no progress.
    """
    with showing(Console(stderr=True), quiet=json_output) as show:
        async with opened(emulator=emulator, skill=skill) as nemo:
            video = await nemo.make_video(
                photos,
                prompt,
                output,
                language=language,
                output=Output(quality=quality),
                budget=budget,
                on_progress=show,
            )
    _say_video(video, in_json=json_output)


async def export(
    *,
    output: Target,
    quality: Quality = "high",
    session: OfSession = None,
    skill: OfSkill = None,
    emulator: Offline = False,
    json_output: AsJson = False,
) -> None:
    """Render the timeline of the last session and fetch the video.

    Args:
        output: The MP4 to write; its folder must exist.
        quality: Quality of the render.
        session: The id of another session.
        skill: On whose behalf: a skill's name, or where its SKILL.md is.
        emulator: Work offline, with what earlier calls left.
        json_output: Print one JSON object and no progress.
    """
    with showing(Console(stderr=True), quiet=json_output) as show:
        async with opened(emulator=emulator, skill=skill) as nemo:
            project = await known_project(nemo, session, emulator=emulator)
            video = await project.export(output, output=Output(quality=quality), on_progress=show)
    _say_video(video, in_json=json_output)


def _say_video(video: "Video", *, in_json: bool) -> None:
    if in_json:
        say_json(_facts(video))
    else:
        say(str(video.timeline))
        say(f"{video.path} ({video.duration:.1f} s)")
        if video.text:
            remark(" ".join(video.text.split()))
        if video.recovered:
            remark("The answer broke off here; what else the agent said is not known.")
        remark_cost(video.cost)


def _facts(video: "Video") -> dict[str, Any]:
    return {
        "path": str(video.path.absolute()),
        "duration": video.duration,
        "timeline": str(video.timeline),
        "session_id": video.session.session_id,
        "render_id": video.render.render_id,
        "cost": video.cost,
        "text": video.text,
        "recovered": video.recovered,
    }
