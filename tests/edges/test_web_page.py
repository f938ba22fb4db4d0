"""The page of the web app in headless Chromium, from two photos to a video that plays."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nemovideo.emulator import Emulator
from tests.edges.bot_process import EXAMPLES, PHOTOS, address_of, assert_has_no_complaints, running
from tests.edges.conftest import serving

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PLAYS = """() => {
  const video = document.querySelector("video");
  return video && video.readyState >= 2 && video.duration > 0;
}"""


@pytest.fixture
def page() -> Iterator["Page"]:
    """A new browser."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: make test-browser"
    )
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: make test-browser")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser.new_page(viewport={"width": 900, "height": 1100})
        browser.close()


def test_two_photos_become_a_video_that_plays(page: "Page", tmp_path: Path) -> None:
    """Somebody chooses photos, types a wish, asks for the MP4, and watches it; a reload too."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    with serving(Emulator(render_scale=1 / 4, silent=0)) as service:
        environment = {"PORT": "0", "NEMO_API_URL": service.url}
        with running(tmp_path, environment, EXAMPLES / "web_app.py") as app:
            page.goto(address_of(app))
            page.set_input_files("#files", [str(photo) for photo in PHOTOS[:2]])
            page.get_by_label("What should").fill("a 3-second slideshow titled '<b>Summer</b>'")
            page.get_by_role("button", name="Send").click()
            page.get_by_text(re.compile("Timeline .3 tracks.")).wait_for()
            page.get_by_role("button", name="Get the MP4").click()
            page.wait_for_function(PLAYS, timeout=60_000)
            page.evaluate("() => document.querySelector('video').play()")
            page.wait_for_function("() => document.querySelector('video').currentTime > 0.5")
            page.screenshot(path=str(tmp_path / "page.png"))
            said = page.locator("#talk li").all_inner_texts()

            page.reload()
            page.wait_for_function(PLAYS)
            again = page.locator("#talk li").all_inner_texts()
            duration = page.evaluate("() => document.querySelector('video').duration")
            assert app.interrupt() == 0

    assert duration == pytest.approx(3, abs=0.3)
    assert said[0] == "a 3-second slideshow titled '<b>Summer</b>'\n(files: 2)"
    assert page.locator("#talk b").count() == 0
    assert again == said
    assert not complaints
    assert_has_no_complaints(app)
