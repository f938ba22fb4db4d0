"""How `nemovideo doctor` judges what it finds: plain values in, a line out."""

import datetime as dt
import importlib.metadata
import io
import ssl
from pathlib import Path

import pytest
from PIL import Image

from nemovideo.cli.doctor.account import headers, proxy
from nemovideo.cli.doctor.check import Check, Report, failed
from nemovideo.cli.doctor.contract import compared
from nemovideo.cli.doctor.machine import (
    Requirement,
    extra,
    extras,
    fonts,
    fonts_for,
    packages,
    versions,
)
from nemovideo.cli.doctor.rehearsal import picture
from nemovideo.cli.doctor.visit import clock, credits_left, refused, tls
from nemovideo.cli.opening import ENDING, Ending
from nemovideo.errors import APIError, AuthenticationError, ConfigurationError
from nemovideo.models import Balance
from nemovideo.settings import Settings
from nemovideo.wire.refusals import Account
from nemovideo.wire.shapes import Differences

HOSTED = Settings.resolve({})
NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
FREE = Account(anonymous=True, user_id="anon_7", web_url="https://web")
OWN = Account(anonymous=False, user_id=None, web_url="https://web")


@pytest.fixture(autouse=True)
def _command() -> None:
    """Advice depends on the command that runs."""
    ENDING.set(Ending())


@pytest.mark.parametrize(
    ("line", "name", "floor", "needed_by"),
    [
        ("attrs>=25.4", "attrs", "25.4", ""),
        ("pi-heif>=1; extra == 'heic'", "pi-heif", "1", "heic"),
        ('mkdocs<2,>=1.6.1; extra == "docs"', "mkdocs", "1.6.1", "docs"),
        ("ruff==0.17.5 ; extra=='dev'", "ruff", "", "dev"),
        ("requests; python_version >= '3.11' and extra == 'bench'", "requests", "", "bench"),
        ("mkdocstrings[python]>=1; extra == 'docs'", "mkdocstrings", "1", "docs"),
    ],
)
def test_a_requirement_is_read(line: str, name: str, floor: str, needed_by: str) -> None:
    """As the metadata of the package has it; pyproject.toml is not installed."""
    read = Requirement.read(line)

    assert (read.name, read.floor, read.extra) == (name, floor, needed_by)


@pytest.mark.parametrize(
    ("installed", "floor", "is_old"),
    [
        ("3.14.1", "3.14.1", False),
        ("3.14", "3.14.1", True),
        ("3.9.9", "3.14.1", True),
        ("15", "4", False),
        ("3.14.1rc1", "3.14.1", False),
        ("26.1.0", "", False),
        (None, "4", False),
    ],
)
def test_versions_are_compared_as_numbers(
    installed: str | None, floor: str, *, is_old: bool
) -> None:
    """Not as words; what is missing is not old."""
    assert Requirement("a", floor, installed=installed).is_old is is_old


def test_a_package_that_is_missing_or_too_old_is_a_failure() -> None:
    """With what to type; the others are not installed anew."""
    needed = [
        Requirement("aiohttp", "3.14.1", installed="3.13"),
        Requirement("attrs", "25.4", installed="26.1"),
        Requirement("cattrs", "26.1"),
    ]

    check = packages("Python 3.11", needed)

    assert check.verdict == "failure"
    assert check.found == "Python 3.11, aiohttp 3.13, attrs 26.1, cattrs missing"
    assert check.advice.endswith("pip install -U 'aiohttp>=3.14.1' 'cattrs>=26.1'")


def test_a_package_that_pip_does_not_know_is_a_warning() -> None:
    """Such as a folder of source; nobody can tell then what it needs."""
    assert packages("Python 3.11", []).verdict == "warning"


@pytest.mark.parametrize(
    ("versions", "verdict", "found"),
    [
        (("2", "4"), "ok", "emulator: av 2, numpy 4"),
        ((None, "4"), "ok", "emulator: not installed, without av"),
        ((None, None), "ok", "emulator: not installed, without av and numpy"),
        (("2", "1"), "warning", "emulator: av 2, numpy 1"),
    ],
    ids=["there", "partly", "missing", "old"],
)
def test_an_extra_is_optional(versions: tuple[str | None, ...], verdict: str, found: str) -> None:
    """Other packages bring parts of it, so that half of it is no fault; what is old may be one."""
    needed = [
        Requirement(name, "2", "emulator", version)
        for name, version in zip(("av", "numpy"), versions, strict=True)
    ]

    check = extra("emulator", needed)

    assert (check.verdict, check.found) == (verdict, found)
    assert bool(check.advice) == (found != "emulator: av 2, numpy 4")
    assert not check.advice or check.advice.endswith("pip install -U 'nemovideo[emulator]'")


LATIN, CHINESE = Path("/f/DejaVuSans.ttf"), Path("/f/wqy.ttc")


@pytest.mark.parametrize(
    ("faces", "verdict", "found"),
    [
        (
            {"A": LATIN, "a": LATIN, "中": CHINESE, "文": CHINESE},
            "ok",
            "Latin: DejaVuSans.ttf, Chinese: wqy.ttc",
        ),
        (
            {"A": None, "a": None, "中": CHINESE},
            "warning",
            "Latin: of Pillow; none has the letters of Chinese titles",
        ),
        ({}, "warning", "none; none has the letters of Latin titles"),
    ],
    ids=["both", "half a script", "none"],
)
def test_fonts_are_judged_by_what_they_can_write(
    faces: dict[str, Path | None], verdict: str, found: str
) -> None:
    """All letters of a script, or it does not count."""
    check = fonts_for(faces)

    assert (check.verdict, check.found) == (verdict, found)
    assert ("fonts-wqy-microhei" in check.advice) == (verdict == "warning")


def test_without_the_emulator_no_font_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading fonts is the emulator's, and needs its packages."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    assert fonts() == Check(
        "fonts", "ok", "not looked for: without the emulator nothing is drawn here"
    )


def test_a_package_without_metadata_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of source on the path has none."""

    def unknown(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.requires", unknown)

    assert versions().verdict == "warning"
    assert {check.verdict for check in extras()} == {"ok"}


def test_only_what_people_install_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What develops it is ten times as much, and to look for it would take longest of all."""
    asked = []

    def version(name: str) -> str:
        asked.append(name)
        return "99"

    monkeypatch.setattr("importlib.metadata.version", version)

    verdicts = {check.verdict for check in (versions(), *extras())}

    assert verdicts == {"ok"}
    assert {"aiohttp", "cyclopts"} <= {*asked}
    assert not {"mypy", "mkdocs", "pytest"} & {*asked}


def test_the_headers_are_shown() -> None:
    """All three, with their values."""
    known = Settings.resolve({"SKILL_SOURCE": "clawhub"}, skill="holiday-bot")

    assert headers(known).found == (
        "X-Skill-Source: holiday-bot, X-Skill-Version: 1.0, X-Skill-Platform: clawhub"
    )


@pytest.mark.parametrize(
    ("address", "verdict", "shown"),
    [
        (None, "ok", "none"),
        ("http://proxy:3128", "ok", "http://proxy:3128"),
        ("http://proxy:3128/", "ok", "http://proxy:3128"),
        ("https://me:p%40ss@[::1]:3128", "ok", "https://[::1]:3128"),
        ("http://me:p@ss@proxy", "ok", "http://proxy"),
        ("http://me:pa/ss@proxy", "failure", "http://proxy, whose address cannot be read"),
        ("http://me:pa?ss@proxy:1", "failure", "http://proxy:1, whose address cannot be read"),
        ("http://proxy:many", "failure", "http://proxy:many, whose address cannot be read"),
        ("http://", "failure", "http://, whose address cannot be read"),
    ],
)
def test_a_proxy_is_shown_by_scheme_host_and_port(
    address: str | None, verdict: str, shown: str
) -> None:
    """One that others read otherwise than it was meant is told."""
    check = proxy(address, HOSTED)

    assert (check.verdict, check.found) == (verdict, shown)


@pytest.mark.parametrize(
    ("date", "verdict", "words"),
    [
        ("Fri, 02 Jan 2026 03:04:05 GMT", "ok", "as the service's"),
        ("Fri, 02 Jan 2026 03:05:05 GMT", "ok", "as the service's"),
        ("Fri, 02 Jan 2026 03:05:06 GMT", "warning", "61 s behind"),
        ("Fri, 02 Jan 2026 03:03:04 GMT", "warning", "61 s ahead of"),
        ("Thu, 01 Jan 2026 03:04:05 -0000", "warning", "86,400 s ahead of"),
        ("soon", "ok", "not compared"),
        (None, "ok", "not compared"),
    ],
)
def test_the_clock_is_compared_with_the_date_of_an_answer(
    date: str | None, verdict: str, words: str
) -> None:
    """A minute is no fault: answers take their time."""
    check = clock(date, NOW)

    assert check.verdict == verdict
    assert check.found.startswith(words)


def verification(code: int, reason: str) -> ssl.SSLCertVerificationError:
    """What OpenSSL finds wrong with a certificate."""
    error = ssl.SSLCertVerificationError(1, f"certificate verify failed: {reason}")
    error.verify_code, error.verify_message = code, reason
    return error


@pytest.mark.parametrize(
    ("address", "error", "verdict", "advice"),
    [
        ("https://h", None, "ok", ""),
        ("http://127.0.0.1:1", None, "ok", ""),
        ("http://h", None, "warning", "https"),
        ("https://h", verification(18, "self-signed certificate"), "failure", "SSL_CERT_FILE"),
        ("https://h", verification(10, "certificate has expired"), "failure", "set the clock"),
        ("https://h", verification(9, "certificate is not yet valid"), "failure", "set the clock"),
        ("https://h", ssl.SSLError(1, "wrong version number"), "failure", "its port"),
    ],
    ids=["valid", "loopback", "plain", "self-signed", "expired", "early", "no TLS"],
)
def test_tls_is_judged_with_what_can_be_done(
    address: str, error: ssl.SSLError | None, verdict: str, advice: str
) -> None:
    """A date that is wrong may be this machine's own."""
    check = tls(Settings.resolve({}, base_url=address), error)

    assert check.verdict == verdict
    assert advice in check.advice


@pytest.mark.parametrize(
    ("available", "account", "verdict", "advice"),
    [
        (50, OWN, "ok", ""),
        (49.5, OWN, "warning", "Top up the credits"),
        (0, FREE, "warning", "https://web/register?bind=anon_7"),
    ],
)
def test_credits_that_pay_for_no_edit_are_a_warning(
    available: float, account: Account, verdict: str, advice: str
) -> None:
    """What to do depends on whose account it is."""
    check = credits_left(Balance(available, 0, available), account)

    assert (check.verdict, check.found) == (verdict, f"{available:g} available, 0 reserved")
    assert advice in check.advice


def test_a_refusal_is_judged_by_whose_token_it_is() -> None:
    """One that the user gave is never replaced."""
    own = Settings.resolve({"NEMO_TOKEN": "nmv_usr_1"})

    assert refused(AuthenticationError("No."), HOSTED).verdict == "warning"
    assert refused(AuthenticationError("No.", hint="Check it."), own) == Check(
        "credits", "failure", "No.", "Check it."
    )
    assert refused(APIError("No."), HOSTED).verdict == "failure"


def test_a_long_list_of_new_fields_is_cut() -> None:
    """A line can be read; how many more there are is said."""
    names = tuple(f"n{number}" for number in range(20))

    check = compared("state", Differences(names))

    assert check.verdict == "ok"
    assert check.found.endswith("n11 and 8 more")


@pytest.mark.parametrize(
    ("error", "found", "advice"),
    [
        (ConfigurationError("Bad.", hint="Mend it."), "Bad.", "Mend it."),
        (TimeoutError(), "it took too long", "Run it again."),
        (
            PermissionError(13, "No", "/x"),
            "[Errno 13] No: '/x'",
            "See what stands in the way there.",
        ),
        (KeyError("k"), "KeyError: 'k'", "This is a mistake of nemovideo itself"),
    ],
    ids=["ours", "late", "system", "mistake"],
)
def test_whatever_is_raised_is_told_in_a_line(error: Exception, found: str, advice: str) -> None:
    """Whose fault it is, is said by the advice."""
    check = failed("fonts", error)

    assert (check.verdict, check.found) == ("failure", found)
    assert check.advice.startswith(advice)


def test_a_report_is_clean_and_counts_failures() -> None:
    """One line without what a terminal obeys and without secrets; warnings cost nothing."""
    told: list[Check] = []
    report = Report(told.append)
    report.hide(" s3cret\n")
    report.hide("more s3cret")
    report.hide("  ")
    report.hide(None)

    report.add(Check("a", "warning", "s3cret\x1b[2J\n and nmv_usr_other", "no more s3cret"))
    after_warning = report.exit_code
    with report.trying("b"):
        raise ValueError("s3cret")

    assert told == report.checks
    assert told[0] == Check("a", "warning", "..[2J and nmv_usr_..", "no ..")
    assert (after_warning, report.exit_code) == (0, 1)
    assert report.facts()["checks"][1]["found"] == "ValueError: .."


def test_who_stops_the_doctor_stops_it() -> None:
    """Only failures become lines."""
    report = Report(lambda _: None)

    with pytest.raises(KeyboardInterrupt), report.trying("b"):
        raise KeyboardInterrupt

    assert report.checks == []


def test_the_picture_is_one() -> None:
    """Pillow, which had no part in it, can open it."""
    image = Image.open(io.BytesIO(picture()))
    image.load()

    assert (image.format, image.size, image.getpixel((3, 4))) == ("PNG", (16, 16), 128)
