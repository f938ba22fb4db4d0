"""What `nemovideo doctor` finds on the disk."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from nemovideo.net.places import LEDGER
from tests.edges.canned import CREDITS, answering
from tests.edges.commands import run
from tests.edges.test_cli_doctor import HOSTED, STRANGER, Doctor, doctor, remember

__all__ = ["doctor"]

pytestmark = pytest.mark.usefixtures("kept")


@pytest.fixture(autouse=True)
def hosted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A service elsewhere, so that what is kept is under HOME."""
    with answering({CREDITS: STRANGER}) as canned:
        monkeypatch.setenv("HTTP_PROXY", canned.url)
        monkeypatch.setenv("NEMO_API_URL", HOSTED)
        yield


@pytest.fixture
def config(home: Path) -> Path:
    """Where the account is kept."""
    place = home / ".config" / "nemovideo"
    place.mkdir(parents=True)
    place.chmod(0o700)
    return place


@pytest.fixture
def books(home: Path) -> Path:
    """Where the ledger is."""
    return home / ".local" / "state" / "nemovideo" / LEDGER


def test_what_is_not_made_yet_is_no_fault_and_is_not_made(
    home: Path, books: Path, doctor: Doctor
) -> None:
    """Both folders, each in a line of its own."""
    found = doctor()

    assert found.lines["storage"] == [
        ("ok", f"{home / '.config' / 'nemovideo'}, not made yet", ""),
        ("ok", f"{books.parent}, not made yet", ""),
    ]
    assert found["ledger"] == ("ok", f"{books}, not made yet", "")
    assert list(home.iterdir()) == []


def test_a_file_that_others_can_read_is_a_warning(config: Path, doctor: Doctor) -> None:
    """With what to type; other tools' files beside it are their own affair."""
    for name in ("tokens.json", "client_id", "config.json"):
        (config / name).write_text("{}")
        (config / name).chmod(0o644 if name != "client_id" else 0o600)

    found = doctor()

    verdict, told, advice = found.lines["storage"][0]
    assert (found.code, verdict) == (0, "warning")
    assert told == f"{config / 'tokens.json'} can be read by others"
    assert advice == f"Keep them out: chmod 600 {config / 'tokens.json'}"


def test_a_folder_that_others_can_read_is_a_warning(config: Path, doctor: Doctor) -> None:
    """The names in it are nobody's business, and new files could be put there."""
    config.chmod(0o755)

    found = doctor()

    verdict, _, advice = found.lines["storage"][0]
    assert (verdict, advice) == ("warning", f"Keep them out: chmod 700 {config}")


def test_a_file_in_the_place_of_a_folder_is_a_failure(home: Path, doctor: Doctor) -> None:
    """Whether it is the folder itself or one above it."""
    (home / ".config").mkdir()
    (home / ".config" / "nemovideo").touch()
    (home / ".local").touch()

    found = doctor()

    first, second = found.lines["storage"]
    assert found.failures() == ["storage"]
    assert (first[0], first[1]) == ("failure", f"{home / '.config' / 'nemovideo'} is no folder")
    assert second[1].endswith(f"cannot be made: {home / '.local'} is no folder")
    assert "free account would be lost" in first[2]


def test_a_folder_that_cannot_be_written_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """Not even root writes there."""
    monkeypatch.setattr("nemovideo.net.places._state_folder", lambda: Path("/proc/sys"))

    found = doctor()

    assert "storage" in found.failures()
    assert found.lines["storage"][1][1].startswith("/proc/sys cannot be written: ")


def test_what_another_user_left_is_a_failure(
    config: Path, monkeypatch: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """As after a `sudo`; the tests may run as root, who is let in everywhere."""
    (config / "tokens.json").touch(0o600)
    monkeypatch.setattr("os.access", lambda path, _: Path(path).name != "tokens.json")

    found = doctor()

    verdict, told, advice = found.lines["storage"][0]
    assert (verdict, told) == ("failure", f"{config / 'tokens.json'} cannot be read and written")
    assert f"chmod 600 {config / 'tokens.json'}" in advice


def test_a_folder_that_cannot_be_made_is_a_failure(
    home: Path, monkeypatch: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """Whoever is above it decides."""
    monkeypatch.setattr("os.access", lambda path, _: Path(path) != home)

    found = doctor()

    assert found.failures() == ["storage"]
    assert all(line[1].endswith(f"{home} cannot be written") for line in found.lines["storage"])


def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, doctor: Doctor) -> None:
    """A container may have none."""

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)

    found = doctor()

    assert (found["storage"][0], found["ledger"][0]) == ("warning", "warning")
    assert "HOME" in found["storage"][2]


def test_a_damaged_ledger_is_a_failure(books: Path, doctor: Doctor) -> None:
    """It is left as it is: somebody may want to save what is in it."""
    books.parent.mkdir(parents=True, mode=0o700)
    books.write_bytes(b"no database " * 1000)
    books.chmod(0o600)

    found = doctor()

    assert (found.code, found.failures()) == (1, ["ledger"])
    assert found["ledger"][1] == f"{books} cannot be used: file is not a database"
    assert "Move the file away" in found["ledger"][2]
    assert books.read_bytes() == b"no database " * 1000


def test_a_ledger_of_a_newer_version_is_a_failure(books: Path, doctor: Doctor) -> None:
    """Updating is the way out, not moving it away."""
    books.parent.mkdir(parents=True, mode=0o700)
    books.touch(0o600)
    with contextlib.closing(sqlite3.connect(books)) as newer:
        newer.execute("PRAGMA user_version = 99")

    found = doctor()

    assert found.failures() == ["ledger"]
    assert "pip install -U" in found["ledger"][2]


def test_open_jobs_are_counted(
    books: Path, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are no fault; the command that lists them is named."""
    monkeypatch.setenv("NEMO_TOKEN", "nmv_usr_1")
    books.parent.mkdir(parents=True, mode=0o700)
    remember(books, "https://api.example.com", "12")
    monkeypatch.delenv("NEMO_TOKEN")

    found = doctor()

    verdict, told, advice = found["ledger"]
    assert (verdict, advice) == ("ok", "See nemovideo jobs.")
    assert told.startswith(f"{books}, version ")
    assert told.endswith(", open jobs: 1")
    assert found.lines["storage"][1][:2] == ("ok", f"{books.parent}, for you alone")


def test_offline_the_command_that_lists_jobs_is_named_as_it_is_typed(
    kept: Path, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the option it would look elsewhere."""
    monkeypatch.setenv("NEMO_TOKEN", "nmv_usr_1")
    remember(kept / LEDGER, "https://api.example.com", "12")

    assert doctor("--emulator")["ledger"][2] == "See nemovideo jobs --emulator."


@pytest.mark.parametrize("words", [(), ("--emulator",)], ids=["loopback", "emulator"])
def test_what_belongs_to_somebody_else_is_not_read(
    words: tuple[str, ...],
    kept: Path,
    doctor: Doctor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Anybody can make a folder of that name where temporary files are."""
    kept.mkdir(0o777)
    kept.chmod(0o777)
    (kept / "tokens.json").write_text("{}")
    monkeypatch.setenv("NEMO_API_URL", "http://127.0.0.1:9")

    found = doctor(*words)

    assert found.failures() == ["storage"]
    assert "belongs to you alone" in found["storage"][1]
    assert "token" not in found.lines
    assert run(["credits", *words]) == 2
