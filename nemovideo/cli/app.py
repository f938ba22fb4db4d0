"""The commands and what they print."""

import asyncio
import contextlib
import importlib.util
import json
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter
from rich.console import Console

from nemovideo import NemoVideo, Output, Video, __version__
from nemovideo.cli.display import showing
from nemovideo.cli.failures import INTERRUPTED, as_json, exit_code, one_line
from nemovideo.errors import ConfigurationError, NemoVideoError

__all__ = ["app", "run"]

app = App(
    name="nemovideo",
    help="Photos and a sentence in, a finished MP4 out.",
    version=__version__,
    error_formatter=lambda error: f"nemovideo: {error}",
    suppress_keyboard_interrupt=False,
)


@app.command
async def make(
    *photos: Path,
    prompt: Annotated[str, Parameter(name=["--prompt", "-p"])],
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    quality: Literal["low", "medium", "high"] = "high",
    language: str = "en",
    emulator: Annotated[bool, Parameter(negative="")] = False,
    json_output: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Make a video of photos and a sentence.

    Args:
        photos: Photos, clips or sounds: JPEG, PNG, WebP, GIF, HEIC, mp4, mov, mp3, wav and more.
        prompt: What the video should be, in words.
        output: The MP4 to write; its folder must exist.
        quality: Quality of the render.
        language: What the agent speaks, such as en, zh-CN or ja.
        emulator: Work offline: the whole service runs on this machine while it is needed.
        json_output: Print one JSON object and no progress.
    """
    with showing(Console(stderr=True), quiet=json_output) as show:
        async with _client(emulator=emulator) as nemo:
            video = await nemo.make_video(
                photos,
                prompt,
                output,
                language=language,
                output=Output(quality=quality),
                on_progress=show,
            )
    if json_output:
        _print(json.dumps(_facts(video), ensure_ascii=False))
    else:
        _print(str(video.timeline))
        _print(f"{video.path} ({video.duration:.1f} s)")


@app.command(name="emulator")
async def serve(*, port: int = 8848) -> None:
    """Run the whole service on this machine until Ctrl-C; the first line is its address.

    Args:
        port: Where to listen on 127.0.0.1; 0 takes a free one.
    """
    from nemovideo.emulator import Emulator

    service = Emulator(port=port)
    try:
        await service.start()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "there is no such port"
        raise ConfigurationError(
            f"Port {port} cannot be used ({reason}).", hint="Try --port 0."
        ) from error
    try:
        _print(service.url)
        _print(f"Point programs at it with NEMO_API_URL={service.url}")
        await _until_stopped()
    finally:
        await service.aclose()


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code.

    Args:
        arguments: What was typed behind `nemovideo`, by default of this process.
    """
    typed = list(sys.argv[1:] if arguments is None else arguments)
    with _polite_kill():
        try:
            app(typed, result_action="return_value")
        except NemoVideoError as error:
            _complain(error, in_json="--json" in typed)
            return exit_code(error)
        except KeyboardInterrupt:
            sys.stderr.write("nemovideo: stopped\n")
            return INTERRUPTED
    return 0


@contextlib.contextmanager
def _polite_kill() -> Iterator[None]:
    """Let SIGTERM clean up as Ctrl-C does; only the main thread may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.asynccontextmanager
async def _client(*, emulator: bool) -> AsyncIterator[NemoVideo]:
    async with contextlib.AsyncExitStack() as stack:
        base_url = None
        if emulator:
            _require_renderer()
            from nemovideo.emulator import Emulator

            service = await stack.enter_async_context(Emulator())
            base_url = service.url
        yield await stack.enter_async_context(NemoVideo(base_url=base_url))


def _require_renderer() -> None:
    """Find out before the work begins whether it can be finished here."""
    if any(importlib.util.find_spec(name) is None for name in ("av", "cv2", "numpy", "PIL")):
        raise ConfigurationError(
            "Rendering on this machine needs an extra.", hint="pip install 'nemovideo[local]'"
        )


async def _until_stopped() -> None:
    """Wait for Ctrl-C or, where there is such a thing, a polite kill."""
    stopped = asyncio.Event()
    with contextlib.suppress(NotImplementedError):  # Windows: KeyboardInterrupt does it
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
    await stopped.wait()


def _facts(video: Video) -> dict[str, Any]:
    return {
        "path": str(video.path),
        "duration": video.duration,
        "timeline": str(video.timeline),
        "session_id": video.session.session_id,
        "render_id": video.render.render_id,
    }


def _complain(error: NemoVideoError, *, in_json: bool) -> None:
    if in_json:
        _print(json.dumps(as_json(error), ensure_ascii=False))
    else:
        sys.stderr.write(f"nemovideo: {one_line(error)}\n")


def _print(line: str) -> None:
    """Print a line; where nobody reads any more, the work goes on without words."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
