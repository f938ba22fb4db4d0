"""Tokens, credits and what is kept where, against the emulator."""

import logging
from pathlib import Path

import aiohttp
import pytest

from nemovideo import (
    AuthenticationError,
    ConfigurationError,
    FileTokenStore,
    InsufficientCreditsError,
    NemoVideo,
    RateLimitError,
    RetryPolicy,
    SessionNotFoundError,
)
from nemovideo.emulator import Emulator


async def test_a_rejected_token_of_the_user_is_told_and_never_replaced(
    emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    """1001 for a token that the user gave is an error; the token is in no words of ours."""
    caplog.set_level(logging.DEBUG, "nemovideo")

    async with NemoVideo(base_url=emulator.url, token="nmv_usr_secret") as nemo:
        with pytest.raises(AuthenticationError) as caught:
            await nemo.credits.balance()

    assert caught.value.code == 1001
    assert "NEMO_TOKEN" in caught.value.hint
    assert "nmv_usr_secret" not in f"{caught.value!r} {caught.value} {caplog.text} {nemo!r}"


async def test_no_credits_names_the_registration_page(photos: list[Path]) -> None:
    """2001 for an anonymous account leads to the page that binds it; nothing ran."""
    async with Emulator(credits=10) as service, NemoVideo(base_url=service.url) as nemo:
        session = await nemo.sessions.create()
        await nemo.uploads.files(session, photos[0])
        with pytest.raises(InsufficientCreditsError) as caught:
            await nemo.chat.send(session, "a 4-second slideshow")

        account = await nemo.auth.anonymous_token()
        assert service.bill.runs == 0
    expected = f"https://nemovideo.com/register?bind={account.user_id}"
    assert caught.value.registration_url == expected
    assert expected in str(caught.value)
    assert caught.value.delivered == "no"
    assert "Nothing was charged" in str(caught.value)


async def test_a_kept_token_serves_the_next_client(emulator: Emulator, tmp_path: Path) -> None:
    """Two clients with one store are one account: one token, one client id."""
    store = FileTokenStore(tmp_path / "kept")

    async with NemoVideo(base_url=emulator.url, token_store=store) as first:
        before = await first.auth.anonymous_token()
    async with NemoVideo(base_url=emulator.url, token_store=store) as second:
        after = await second.auth.anonymous_token()

    assert before == after
    assert (tmp_path / "kept" / "tokens.json").stat().st_mode & 0o777 == 0o600


async def test_a_forgotten_token_meets_the_seven_day_rule(
    emulator: Emulator, tmp_path: Path
) -> None:
    """A second token for one client id is refused, with what to do instead."""
    store = FileTokenStore(tmp_path)
    async with NemoVideo(base_url=emulator.url, token_store=store) as nemo:
        await nemo.auth.anonymous_token()
    (tmp_path / "tokens.json").unlink()

    async with NemoVideo(
        base_url=emulator.url, token_store=store, retry=RetryPolicy(attempts=1)
    ) as nemo:
        with pytest.raises(RateLimitError) as caught:
            await nemo.auth.anonymous_token()

    assert "7 days" in str(caught.value)
    assert "NEMO_TOKEN" in str(caught.value)


async def test_loopback_keeps_nothing_under_home(emulator: Emulator) -> None:
    """A service on this machine leaves the home folder as it was."""
    async with NemoVideo(base_url=emulator.url) as nemo:
        await nemo.sessions.create()

    assert list(Path.home().iterdir()) == []


async def test_a_lent_session_stays_open(emulator: Emulator) -> None:
    """A session that the caller lent is used and not closed."""
    async with aiohttp.ClientSession() as lent:
        async with NemoVideo(base_url=emulator.url, http=lent) as nemo:
            await nemo.credits.balance()

        assert not lent.closed


async def test_a_closed_client_says_so(emulator: Emulator) -> None:
    """Closing twice is fine; a call afterwards is a clear error."""
    nemo = NemoVideo(base_url=emulator.url)
    await nemo.credits.balance()
    await nemo.aclose()
    await nemo.aclose()

    with pytest.raises(ConfigurationError, match="closed"):
        await nemo.credits.balance()


async def test_many_accounts_share_one_client(emulator: Emulator) -> None:
    """Each sees its own credits and sessions; the connections are shared."""
    poor, rich = emulator.register(credits=5), emulator.register(credits=500)

    async with NemoVideo(base_url=emulator.url, token=poor) as nemo:
        session = await nemo.sessions.create()
        async with nemo.with_token(rich) as theirs:
            assert (await theirs.credits.balance()).available == 500
            assert theirs._transport._door is nemo._transport._door
            with pytest.raises(SessionNotFoundError):
                await theirs.state.latest(session)

        assert (await nemo.credits.balance()).available == 5
        assert (await nemo.state.latest(session)).draft is None
        assert rich not in repr(theirs)

    with pytest.raises(ConfigurationError, match="closed"):
        await theirs.credits.balance()


async def test_another_account_has_no_anonymous_token(emulator: Emulator) -> None:
    """A token that was given is never replaced, whatever the first account is."""
    async with NemoVideo(base_url=emulator.url) as nemo:
        await nemo.credits.balance()
        with pytest.raises(AuthenticationError):
            await nemo.with_token("nmv_usr_wrong").credits.balance()

        assert (await nemo.credits.balance()).available == 100


@pytest.mark.parametrize("token", ["", "  ", "two\nlines"], ids=repr)
async def test_another_account_needs_a_token(token: str) -> None:
    """An empty one does not fall back to a free account."""
    async with NemoVideo(base_url="http://127.0.0.1:9") as nemo:
        with pytest.raises(ConfigurationError, match="token"):
            nemo.with_token(token)


async def test_another_account_keeps_its_token_off_plain_http() -> None:
    """The rule holds for it too."""
    async with NemoVideo(base_url="http://api.example.com") as nemo:
        with pytest.raises(ConfigurationError, match="plain http"):
            nemo.with_token("nmv_usr_1")
