import asyncio
import datetime as dt
import json
import stat
import sys
import uuid
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import ClassVar

import pytest

from nemovideo.models import AnonymousToken
from nemovideo.net.stores import BackedStore, FileTokenStore, MemoryTokenStore, TokenStore

ORIGIN = "https://api.example.com"
LATER = dt.datetime.now(dt.UTC) + dt.timedelta(days=7)
EARLIER = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
KEPT = AnonymousToken("secret", "anon_1", LATER, 100)

ASK = """
import asyncio, sys
from pathlib import Path
from nemovideo.net.stores import FileTokenStore
print(asyncio.run(FileTokenStore(Path(sys.argv[1])).client_id()))
"""


class Broken(FileTokenStore):
    """A store whose disk is gone."""

    broken: ClassVar[bool] = True

    async def client_id(self) -> str:
        """Fail, or give the id."""
        self._fail()
        return await super().client_id()

    async def load(self, origin: str) -> AnonymousToken | None:
        """Fail, or give the token."""
        self._fail()
        return await super().load(origin)

    async def save(self, origin: str, token: AnonymousToken) -> None:
        """Fail, or keep the token."""
        self._fail()
        await super().save(origin, token)

    def lock(self) -> AbstractAsyncContextManager[None]:
        """Fail, or lock."""
        self._fail()
        return super().lock()

    def _fail(self) -> None:
        if self.broken:
            raise OSError(5, "Input/output error")


@pytest.fixture(params=["memory", "file", "backed", "broken"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TokenStore:
    """All stores."""
    folder = tmp_path / "kept"
    stores: dict[str, TokenStore] = {
        "memory": MemoryTokenStore(),
        "file": FileTokenStore(folder),
        "backed": BackedStore(FileTokenStore(folder)),
        "broken": BackedStore(Broken(folder)),
    }
    return stores[request.param]


async def test_a_store_knows_nothing_at_first(store: TokenStore) -> None:
    """Nobody has asked for a token yet."""
    assert await store.load(ORIGIN) is None


async def test_a_token_is_kept_by_its_origin(store: TokenStore) -> None:
    """All of it comes back, for its origin alone."""
    await store.save(ORIGIN, KEPT)

    assert await store.load(ORIGIN) == KEPT
    assert await store.load("http://other") is None


async def test_a_token_without_end_is_kept(store: TokenStore) -> None:
    """A service that does not say when it ends is believed until it refuses."""
    await store.save(ORIGIN, AnonymousToken("t"))

    assert await store.load(ORIGIN) == AnonymousToken("t")


async def test_an_expired_token_is_none(store: TokenStore) -> None:
    """It would only be refused."""
    await store.save(ORIGIN, AnonymousToken("t", expires_at=EARLIER))

    assert await store.load(ORIGIN) is None


async def test_the_client_id_stays(store: TokenStore) -> None:
    """A UUID, the same at every call."""
    first = await store.client_id()

    assert str(uuid.UUID(first)) == first
    assert await store.client_id() == first


async def test_a_second_store_of_the_folder_knows_all(tmp_path: Path) -> None:
    """The next run goes on with the same account."""
    first = FileTokenStore(tmp_path)
    await first.save(ORIGIN, KEPT)
    identifier = await first.client_id()

    second = FileTokenStore(tmp_path)

    assert await second.load(ORIGIN) == KEPT
    assert await second.client_id() == identifier


async def test_the_files_are_private(tmp_path: Path) -> None:
    """Only their owner can read them; the client id's file holds the UUID and nothing else."""
    store = FileTokenStore(tmp_path)
    await store.save(ORIGIN, KEPT)
    identifier = await store.client_id()

    assert (tmp_path / "client_id").read_text() == identifier
    for name in ("client_id", "tokens.json"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


async def test_the_default_folder_is_shared_with_the_other_tools(home: Path) -> None:
    """`~/.config/nemovideo`, whose `config.json` is not ours."""
    folder = home / ".config" / "nemovideo"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("theirs")
    (folder / "client_id").write_text("c0ffee00-0000-4000-8000-000000000000\n")

    store = FileTokenStore()
    await store.save(ORIGIN, KEPT)

    assert await store.client_id() == "c0ffee00-0000-4000-8000-000000000000"
    assert (folder / "config.json").read_text() == "theirs"


async def test_expired_tokens_are_dropped_with_the_next_one(tmp_path: Path) -> None:
    """The file does not grow for ever."""
    store = FileTokenStore(tmp_path)
    await store.save("http://old", AnonymousToken("t", expires_at=EARLIER))

    await store.save(ORIGIN, KEPT)

    assert [*json.loads((tmp_path / "tokens.json").read_text())] == [ORIGIN]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"5",
        b"\xff\xfe",
        b'{"https://api.example.com": 5}',
        b'{"https://api.example.com": {}}',
        b'{"https://api.example.com": {"token": null}}',
        b'{"https://api.example.com": {"token": "t", "expires_at": "soon"}}',
        b'{"https://api.example.com": {"token": "t", "expires_at": 5}}',
        b'{"https://api.example.com": {"token": "t", "expires_at": "2020-01-01T00:00:00"}}',
        b'{"https://api.example.com": {"token": "t", "expires_at": "2099-01-01T00:00:00"}}',
    ],
    ids=repr,
)
async def test_a_damaged_file_is_no_crash(damage: bytes, tmp_path: Path) -> None:
    """It counts as no token, or as what can still be read, and can be written again."""
    (tmp_path / "tokens.json").write_bytes(damage)
    store = FileTokenStore(tmp_path)

    found = await store.load(ORIGIN)
    await store.save(ORIGIN, KEPT)

    assert found is None or found.token == "t"
    assert await store.load(ORIGIN) == KEPT


@pytest.mark.parametrize("damage", [b"", b"no uuid", b"\xff"], ids=repr)
async def test_a_damaged_client_id_is_replaced(damage: bytes, tmp_path: Path) -> None:
    """By one that stays."""
    (tmp_path / "client_id").write_bytes(damage)
    store = FileTokenStore(tmp_path)

    made = await store.client_id()

    assert (tmp_path / "client_id").read_text() == made == str(uuid.UUID(made))


async def test_processes_that_begin_at_once_agree_on_the_client_id(tmp_path: Path) -> None:
    """Several first runs at the same time are one client."""
    folder = tmp_path / "kept"
    running = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", ASK, str(folder), stdout=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]

    said = {(await process.communicate())[0] for process in running}

    assert said == {(folder / "client_id").read_bytes() + b"\n"}


async def test_a_lock_keeps_others_out(store: TokenStore) -> None:
    """Whoever asks for a token is alone."""
    async with store.lock():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), store.lock():
                pass


def test_a_store_in_memory_outlives_its_loop() -> None:
    """A script may call `asyncio.run` twice, with one store for both."""
    store = MemoryTokenStore()

    async def enter() -> None:
        async with store.lock():
            await asyncio.sleep(0.01)

    async def both() -> None:
        await asyncio.gather(enter(), enter())

    asyncio.run(both())
    asyncio.run(both())


async def test_a_store_that_works_again_is_the_one_that_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was kept in memory meanwhile gives way; the id that was given stays."""
    inner = Broken(tmp_path)
    store = BackedStore(inner)
    await store.save(ORIGIN, AnonymousToken("passing"))
    identifier = await store.client_id()

    monkeypatch.setattr(Broken, "broken", False)
    assert await store.load(ORIGIN) == AnonymousToken("passing")
    await store.save(ORIGIN, KEPT)
    await inner.save(ORIGIN, AnonymousToken("of another process"))

    assert await store.load(ORIGIN) == AnonymousToken("of another process")
    assert await store.client_id() == identifier


async def test_no_store_shows_its_tokens(store: TokenStore) -> None:
    """`repr` is for logs."""
    await store.save(ORIGIN, KEPT)

    assert "secret" not in repr(store)
