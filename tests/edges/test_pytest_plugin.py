"""The pytest plugin, in test runs of their own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INI = """
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""
ISOLATED = """
import os
from pathlib import Path

def test_it(nemovideo_emulator, nemovideo_client):
    assert Path.home() != Path(os.environ["OLD_HOME"])
    assert list(Path.home().iterdir()) == []
    assert os.environ["NEMO_API_URL"] == nemovideo_emulator.url
    assert "NEMO_TOKEN" not in os.environ
    assert "SKILL_SOURCE" not in os.environ
    assert "HTTPS_PROXY" not in os.environ
"""
USED = """
import asyncio
import pytest
from nemovideo import InsufficientCreditsError, NemoVideo

def photo():
    from PIL import Image
    from io import BytesIO
    out = BytesIO()
    Image.new("RGB", (64, 64), "red").save(out, "PNG")
    return out.getvalue()

async def test_async(nemovideo_client, nemovideo_emulator):
    async with nemovideo_client() as nemo:
        project = await nemo.projects.create()
        await project.add(photo())
        reply = await project.ask("a 2-second video")
    assert reply.text
    nemovideo_emulator.settled()
    assert nemovideo_emulator.bill.credits == 50
    assert nemovideo_emulator.leaked_tokens == []
    assert nemovideo_emulator.unattributed == []

def test_sync_with_a_bare_client(nemovideo_emulator):
    async def work():
        async with NemoVideo() as nemo:
            return await nemo.credits.balance()
    assert asyncio.run(work()).available == 100
    assert nemovideo_emulator.bill.runs == 0

async def test_its_own_account(nemovideo_client, nemovideo_emulator):
    token = nemovideo_emulator.register(credits=7)
    async with nemovideo_client(token=token, skill="mine") as nemo:
        assert (await nemo.credits.balance()).available == 7
        assert nemo.skill.name == "mine"

async def test_faults(nemovideo_client, nemovideo_emulator):
    fault = nemovideo_emulator.faults.refuse(2001, "GET /api/credits")
    async with nemovideo_client() as nemo:
        with pytest.raises(InsufficientCreditsError):
            await nemo.credits.balance()
    assert fault.hits == 1

@pytest.mark.nemovideo(credits=3)
class TestMarks:
    async def test_outer(self, nemovideo_client):
        async with nemovideo_client() as nemo:
            assert (await nemo.credits.balance()).available == 3

    @pytest.mark.nemovideo(credits=4, seed=1)
    async def test_nearest(self, nemovideo_client):
        async with nemovideo_client() as nemo:
            assert (await nemo.credits.balance()).available == 4
"""
UNUSED = """
import sys

def test_it():
    loaded = {"aiohttp", "cattrs", "tenacity", "nemovideo.client", "nemovideo.emulator", "cv2"}
    assert loaded & set(sys.modules) == set()
"""


def test_a_service_and_clients_for_every_kind_of_test(pytester: pytest.Pytester) -> None:
    """Sync and async, with an account, a fault and options of their own; no world is shared."""
    pytester.makeini(INI)
    pytester.makepyfile(USED)

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=6)


def test_nothing_of_the_machine_is_seen(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """Neither its token nor its skill nor its proxy nor its HOME."""
    (home / "file").write_text("mine", "utf-8")
    monkeypatch.setenv("OLD_HOME", str(home))
    monkeypatch.setenv("NEMO_TOKEN", "nmv_usr_mine")
    monkeypatch.setenv("SKILL_SOURCE", "clawhub")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    pytester.makeini(INI)
    pytester.makepyfile(ISOLATED)

    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("mark", "told"),
    [("credit=1", "does not take credit; it takes credits"), ("5", "a value without a name")],
)
def test_an_option_that_is_not_known_is_told(
    pytester: pytest.Pytester, mark: str, told: str
) -> None:
    """In one line that says which there are."""
    pytester.makeini(INI)
    pytester.makepyfile(
        f"import pytest\n@pytest.mark.nemovideo({mark})\ndef test_it(nemovideo_emulator): ..."
    )
    result = pytester.runpytest_subprocess("--strict-markers")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{told}*"])


def test_a_missing_renderer_is_told(pytester: pytest.Pytester) -> None:
    """What to install, instead of an import error."""
    pytester.makeini(INI)
    pytester.makepyfile(
        conftest="""
        import importlib.util
        find = importlib.util.find_spec
        importlib.util.find_spec = lambda name, *rest: None if name == "av" else find(name, *rest)
        """,
        test_it="def test_it(nemovideo_emulator): ...",
    )
    result = pytester.runpytest_subprocess()

    result.stdout.fnmatch_lines(["*emulator needs av: pip install 'nemovideo?emulator?'"])


def test_a_run_that_does_not_use_it_loads_nothing(pytester: pytest.Pytester) -> None:
    """The plugin is there, and neither the client nor the emulator nor what they need."""
    pytester.makepyfile(UNUSED)
    result = pytester.runpytest_subprocess("-p", "no:asyncio", "-p", "no:aiohttp", "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.nemovideo(credits, ip_limit, render_scale*"])

    bare = [
        "-p",
        "no:asyncio",
        "-p",
        "no:aiohttp",
        "-p",
        "no:looptime",
        "-p",
        "no:hypothesispytest",
    ]
    pytester.runpytest_subprocess(*bare).assert_outcomes(passed=1)


def test_the_bot_of_the_examples_is_tested(tmp_path: Path) -> None:
    """Its tests run as a reader would run them, in an empty HOME."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"],
        cwd=ROOT / "examples" / "tested_bot",
        env={"HOME": str(tmp_path), "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert "3 passed" in done.stdout, done.stdout
    assert list(tmp_path.iterdir()) == []
