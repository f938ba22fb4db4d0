"""The emulator's life: opened, closed, forgotten."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from nemovideo.emulator import Emulator
from tests.emulator.conftest import Caller


async def test_two_ports_are_open_while_it_lives(http: aiohttp.ClientSession) -> None:
    """Both ports answer inside the block, and neither after it."""
    async with Emulator() as emulator:
        urls = (emulator.url, emulator.media_url)
        assert len(set(urls)) == 2
        for url in urls:
            async with http.get(url) as answer:
                assert answer.status in {401, 404}
    for url in urls:
        with pytest.raises(aiohttp.ClientConnectorError):
            await http.get(url)


async def test_a_given_port_is_used(unused_tcp_port: int) -> None:
    """`port` is the API's; a taken one is an OSError that leaves nothing open."""
    async with Emulator(port=unused_tcp_port) as emulator:
        assert emulator.url == f"http://127.0.0.1:{unused_tcp_port}"
        with pytest.raises(OSError, match="address already in use"):
            await Emulator(port=unused_tcp_port).start()


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"credits": -5}, "credits"),
        ({"credits": 1.5}, "credits"),
        ({"ip_limit": -1}, "ip_limit"),
        ({"silent": 7}, "silent"),
        ({"silent": "x"}, "silent"),
        ({"silent": float("nan")}, "silent"),
        ({"render_scale": 0}, "render_scale"),
        ({"render_scale": float("inf")}, "render_scale"),
    ],
    ids=str,
)
def test_an_option_that_cannot_be_meant_is_named(options: dict[str, Any], name: str) -> None:
    """At once, instead of much later in some request or render."""
    with pytest.raises(ValueError, match=f"{name} must be"):
        Emulator(**options)


def test_options_at_their_bounds_are_taken() -> None:
    """No credits, no silence or nothing else, no free account at all."""
    emulator = Emulator(credits=0, ip_limit=0, silent=1, render_scale=1 / 16)

    assert emulator.silent == 1


async def test_no_account_owes_credits_from_the_start(emulator: Emulator) -> None:
    """A registered account too begins with none or more."""
    with pytest.raises(ValueError, match="credits must be"):
        emulator.register(credits=-1)


async def test_a_rented_folder_goes_and_a_given_one_stays(tmp_path: Path) -> None:
    """Only the temporary folder is removed."""
    async with Emulator() as emulator:
        rented = emulator._world.folder if emulator._world else tmp_path
        assert rented.is_dir()
    assert not rented.exists()
    async with Emulator(folder=tmp_path / "kept"):
        pass
    assert (tmp_path / "kept" / "uploads").is_dir()


async def test_it_can_be_closed_twice_and_started_again() -> None:
    """Closing twice does nothing; a second start while running is a mistake."""
    emulator = await Emulator().start()
    with pytest.raises(RuntimeError, match="running already"):
        await emulator.start()
    await emulator.aclose()
    await emulator.aclose()
    with pytest.raises(RuntimeError, match="not running"):
        _ = emulator.url
    async with emulator:
        assert emulator.url


async def test_a_forgotten_one_is_told() -> None:
    """An emulator that is dropped while running warns."""
    emulator = await Emulator().start()
    with pytest.warns(ResourceWarning, match="Unclosed Emulator"):
        emulator.__del__()
    await emulator.aclose()
    emulator.__del__()


async def test_a_session_survives_odd_requests(caller: Caller) -> None:
    """After garbage on every route the emulator still works."""
    for path in ("/run_sse", "/api/render/proxy/lambda", "/api/auth/claim-token"):
        for content in (b"", b"\x00", b'{"id": {}}', b"nonsense"):
            assert (await caller.post(path, data=content))[0] == 422
    assert await caller.project()


async def test_a_client_that_leaves_while_sending_is_no_event(
    caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    """A connection that is cut in the middle of an upload leaves neither file nor traceback."""
    sid = await caller.session()

    async def half() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
        yield b"\xff\xd8\xff" * 1000
        raise OSError

    with pytest.raises((OSError, aiohttp.ClientError)):
        await caller.post(
            f"/api/upload-video/nemo_agent/me/{sid}",
            data=half(),
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
    await asyncio.sleep(0.1)
    assert caplog.records == []
    assert (await caller.state(sid))["video_infos"] == []


@pytest.mark.slow
def test_importing_it_loads_nothing_heavy() -> None:
    """`Emulator` comes without numpy, OpenCV, PyAV or Pillow; its package without aiohttp."""
    code = (
        "import sys, nemovideo.emulator; assert 'aiohttp' not in sys.modules\n"
        "from nemovideo.emulator import Emulator\n"
        "assert not {'numpy', 'cv2', 'av', 'PIL'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
