"""The pytest plugin, in test runs of its own."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.edges.blocks import BLOCK

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PHOTO = ROOT / "examples" / "photos" / "cat.jpg"
SETTINGS = """
[pytest]
addopts = -p nemovideo.pytest_plugin -p pytest_asyncio.plugin -p no:cacheprovider --strict-markers
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""
# pytest-asyncio 1.5 would make a loop to restore after the first async test, and never close it.
NO_LOOP = """
import asyncio

def pytest_configure():
    asyncio.set_event_loop(None)
"""
HEAVY = {"aiohttp", "asyncio", "attr", "av", "cattrs", "nemovideo.client", "nemovideo.emulator"}

Suite = Callable[..., pytest.RunResult]


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """Runs tests in a process of their own, warnings as errors, with few other plugins."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makefile(".ini", pytest=SETTINGS)
    pytester.makeconftest(NO_LOOP)

    def run(*sources: str) -> pytest.RunResult:
        pytester.makepyfile(**{f"test_{place}": source for place, source in enumerate(sources)})
        return pytester.runpytest_subprocess(timeout=90)

    return run


def test_pytest_finds_the_fixtures_by_itself(pytester: pytest.Pytester) -> None:
    """Installing the package is enough; `--fixtures` tells what there is."""
    shown = pytester.runpytest_subprocess("--fixtures")

    shown.stdout.fnmatch_lines(["nemovideo_emulator -- *", "    *service on this machine*"])
    shown.stdout.fnmatch_lines(["nemovideo_client -- *", "    Make clients of the emulator*"])


def test_the_marker_is_explained(pytester: pytest.Pytester) -> None:
    """`--markers` says what its options are."""
    shown = pytester.runpytest_subprocess("--markers")

    shown.stdout.fnmatch_lines(["@pytest.mark.nemovideo(credits=100, *"])


def test_a_sync_test_and_an_async_test_can_use_it(suite: Suite) -> None:
    """A test without a loop, one on the loop of pytest-asyncio: both make a real video."""
    ended = suite(f"""
        import asyncio

        async def make(nemo, path):
            video = await nemo.make_video({str(PHOTO)!r}, "a 1-second video, no music", path)
            assert path.stat().st_size > 1000
            return video

        def test_sync(nemovideo_emulator, nemovideo_client, tmp_path):
            async def main():
                async with nemovideo_client() as nemo:
                    await make(nemo, tmp_path / "video.mp4")

            asyncio.run(main())
            asyncio.run(nemovideo_emulator.settled())
            assert nemovideo_emulator.bill.renders == 1

        async def test_async(nemovideo_emulator, nemovideo_client, tmp_path):
            async with nemovideo_client() as nemo:
                await make(nemo, tmp_path / "video.mp4")
            await nemovideo_emulator.settled()
            assert nemovideo_emulator.bill.renders == 1
    """)

    ended.assert_outcomes(passed=2)


def test_nothing_of_the_machine_is_seen(
    suite: Suite, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    """Code that makes its own client reaches the emulator; HOME, token and proxy are away."""
    monkeypatch.setenv("NEMO_TOKEN", "nmv_usr_machine")
    monkeypatch.setenv("NEMO_CLIENT_ID", "no client id")
    monkeypatch.setenv("NEMO_API_URL", f"http://127.0.0.1:{unused_tcp_port}")
    monkeypatch.setenv("SKILL_SOURCE", "machine")
    monkeypatch.setenv("XDG_STATE_HOME", "/machine")
    monkeypatch.setenv("all_proxy", f"http://127.0.0.1:{unused_tcp_port}")
    ended = suite("""
        import os
        from pathlib import Path

        from nemovideo import NemoVideo

        MACHINE = dict(os.environ)
        HOME = Path.home()

        async def test_inside(nemovideo_emulator):
            async with NemoVideo() as nemo:
                assert (await nemo.credits.balance()).available == 100
            assert Path.home() != HOME
            assert list(Path.home().iterdir()) == []
            names = {"NEMO_TOKEN", "NEMO_CLIENT_ID", "SKILL_SOURCE", "XDG_STATE_HOME", "all_proxy"}
            assert names <= MACHINE.keys()
            assert not names & os.environ.keys()

        async def test_with_a_token(nemovideo_emulator, monkeypatch):
            monkeypatch.setenv("NEMO_TOKEN", nemovideo_emulator.register(credits=7))
            async with NemoVideo() as nemo:
                assert (await nemo.credits.balance()).available == 7

        def test_afterwards():
            assert {**os.environ, "PYTEST_CURRENT_TEST": ""} == {
                **MACHINE, "PYTEST_CURRENT_TEST": ""
            }
    """)

    ended.assert_outcomes(passed=3)


def test_renders_still_find_what_is_installed_for_the_user(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python looks for packages of `pip install --user` under HOME, which is another one here."""
    monkeypatch.delenv("PYTHONUSERBASE", raising=False)
    ended = suite("""
        import site, subprocess, sys

        BEFORE = site.getuserbase()

        def test_inside(nemovideo_emulator):
            asked = [sys.executable, "-c", "import site; print(site.getuserbase())"]
            assert subprocess.check_output(asked, text=True).strip() == BEFORE
    """)

    ended.assert_outcomes(passed=1)


def test_each_test_has_a_world_of_its_own(suite: Suite) -> None:
    """Credits, sessions, faults and the bill begin anew; two clients of one test share a world."""
    ended = suite(
        """
        import pytest
        from nemovideo import SessionNotFoundError

        SEEN = []

        @pytest.mark.parametrize("turn", [1, 2])
        async def test_spends(turn, nemovideo_emulator, nemovideo_client):
            assert nemovideo_emulator.bill.runs == 0
            fault = nemovideo_emulator.faults.html_502("GET /api/credits", times=2)
            token = nemovideo_emulator.register(credits=60)
            async with nemovideo_client(token=token) as first:
                session = await first.sessions.create()
                for earlier in SEEN:
                    with pytest.raises(SessionNotFoundError):
                        await first.state.latest(earlier)
                SEEN.append(session)
                await first.uploads.files(session, PHOTO)
                await first.chat.send(session, "a 1-second video")
            async with nemovideo_client(token=token) as second:
                assert (await second.credits.balance()).available == 10
            assert fault.hits == 2
            assert nemovideo_emulator.bill.runs == 1
    """.replace("PHOTO", repr(str(PHOTO)))
    )

    ended.assert_outcomes(passed=2)


def test_a_marker_says_what_the_emulator_is_like(suite: Suite) -> None:
    """The marker of the test goes before that of its class, that before the module's."""
    ended = suite("""
        import pytest

        pytestmark = pytest.mark.nemovideo(credits=500, seed=7)

        class TestOne:
            pytestmark = pytest.mark.nemovideo(credits=20, silent=1)

            @pytest.mark.nemovideo(credits=10)
            async def test_both(self, nemovideo_emulator, nemovideo_client):
                async with nemovideo_client() as nemo:
                    assert (await nemo.credits.balance()).available == 10
                assert (nemovideo_emulator.seed, nemovideo_emulator.silent) == (7, 1)

        def test_the_rest(nemovideo_emulator):
            assert nemovideo_emulator.credits == 500
            assert nemovideo_emulator.silent == 0
            assert nemovideo_emulator.render_scale == 1 / 6
    """)

    ended.assert_outcomes(passed=2)


def test_a_marker_that_cannot_be_meant_is_an_error(suite: Suite) -> None:
    """A misspelt option is named beside those that there are; so is one without a name."""
    ended = suite("""
        import pytest

        @pytest.mark.nemovideo(credit=10)
        def test_misspelt(nemovideo_emulator): ...

        @pytest.mark.nemovideo(10)
        def test_nameless(nemovideo_emulator): ...
    """)

    ended.assert_outcomes(errors=2)
    ended.stdout.fnmatch_lines(
        [
            "@pytest.mark.nemovideo has no option 'credit': it takes credits, *, render_scale, *",
            "@pytest.mark.nemovideo takes options by name only",
        ]
    )
    assert "Traceback" not in ended.stdout.str()


def test_nothing_is_left_behind(
    suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No thread, no temporary folder, no warning: not even where a test leaves in the middle."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    ended = suite(
        """
        import gc, tempfile, threading
        from pathlib import Path

        import pytest

        @pytest.mark.xfail(raises=ZeroDivisionError, strict=True)
        async def test_leaves(nemovideo_emulator, nemovideo_client):
            assert len(threading.enumerate()) > 1
            async with nemovideo_client() as nemo:
                session = await nemo.sessions.create()
                await nemo.uploads.files(session, PHOTO)
                nemovideo_emulator.faults.heartbeats_only()
                async with nemo.chat.stream(session, "a 1-second video"):
                    raise ZeroDivisionError

        async def test_ends_the_service(nemovideo_emulator, nemovideo_client):
            await nemovideo_emulator.aclose()

        def test_afterwards():
            gc.collect()
            assert threading.enumerate() == [threading.main_thread()]
            assert not list(Path(tempfile.gettempdir()).glob("nemovideo-*"))
    """.replace("PHOTO", repr(str(PHOTO)))
    )

    ended.assert_outcomes(passed=2, xfailed=1)
    assert "Warning" not in ended.stdout.str() + ended.stderr.str()


def test_the_tests_on_its_page_pass(suite: Suite, pytester: pytest.Pytester) -> None:
    """Each block of the page is a file of tests that a reader can copy."""
    shutil.copy(PHOTO, pytester.path / "beach.jpg")
    page = (ROOT / "docs" / "howto" / "test-your-bot.md").read_text("utf-8")
    blocks = BLOCK.findall(page)

    ended = suite(*blocks)

    assert len(blocks) > 5
    ended.assert_outcomes(passed=sum(block.count("def test_") for block in blocks))


def test_a_missing_extra_is_named(suite: Suite) -> None:
    """Without what the renderer needs a test does not begin, and says what to install."""
    ended = suite("""
        import sys

        sys.modules["av"] = None

        def test_inside(nemovideo_emulator): ...
    """)

    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(['*pip install "nemovideo[[]emulator[]]"'])


def test_loading_it_loads_nothing_else() -> None:
    """Every run of pytest loads it: it brings two small modules, and no dependency with them."""
    program = """
import pytest, sys
before = {*sys.modules}
import nemovideo.pytest_plugin
print(*sorted({*sys.modules} - before))
"""
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert shown.stdout.split() == [b"nemovideo", b"nemovideo.pytest_plugin"]


def test_a_run_that_does_not_use_it_pays_nothing(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is loaded behind its back either, while other tests run."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(f"""
        import sys

        def test_inside(monkeypatch, tmp_path):
            assert "nemovideo.pytest_plugin" in sys.modules
            assert not {HEAVY} & sys.modules.keys()
    """)

    ended = pytester.runpytest_subprocess("-p", "nemovideo.pytest_plugin")

    ended.assert_outcomes(passed=1)
