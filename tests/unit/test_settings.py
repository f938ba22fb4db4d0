import logging
from typing import Any

import pytest

from nemovideo.attribution import Attribution
from nemovideo.errors import ConfigurationError
from nemovideo.models import AnonymousToken, Render
from nemovideo.settings import DEFAULT_API_URL, DEFAULT_WEB_URL, VERSION, Settings

SECRET = "nmv_usr_secret"


def test_without_anything_the_hosted_service_is_used() -> None:
    """The defaults are production and no token."""
    assert Settings.resolve({}) == Settings(
        DEFAULT_API_URL, DEFAULT_WEB_URL, None, None, Attribution("nemovideo-python", VERSION)
    )


def test_the_environment_is_read() -> None:
    """Every name of contract section 7."""
    environment = {
        "NEMO_TOKEN": f" {SECRET}\n",
        "NEMO_API_URL": "https://api.example.com/",
        "NEMO_WEB_URL": "https://web.example.com/",
        "NEMO_CLIENT_ID": " 6f1f4d0c-8a53-4b7e-9a2f-2f8f0f6f3a11 ",
        "SKILL_SOURCE": "clawhub",
    }

    assert Settings.resolve(environment) == Settings(
        "https://api.example.com",
        "https://web.example.com",
        SECRET,
        "6f1f4d0c-8a53-4b7e-9a2f-2f8f0f6f3a11",
        Attribution("nemovideo-python", VERSION, "clawhub"),
    )


@pytest.mark.parametrize(
    ("environment", "given", "token"),
    [
        ({"NEMO_TOKEN": SECRET}, {}, SECRET),
        ({"NEMO_TOKEN": SECRET, "NEMO_API_URL": "https://a"}, {}, SECRET),
        ({"NEMO_TOKEN": SECRET}, {"base_url": "https://a"}, None),
        ({"NEMO_TOKEN": SECRET}, {"base_url": DEFAULT_API_URL}, None),
        ({"NEMO_TOKEN": SECRET}, {"token": "mine"}, "mine"),
        ({}, {"base_url": "https://a", "token": "mine"}, "mine"),
        ({"NEMO_TOKEN": SECRET}, {"token": ""}, None),
    ],
    ids=["default", "its origin", "other", "named default", "argument", "both given", "none"],
)
def test_the_token_belongs_to_its_origin(
    environment: dict[str, str], given: dict[str, str], token: str | None
) -> None:
    """`NEMO_TOKEN` goes to `NEMO_API_URL` and nowhere else."""
    assert Settings.resolve(environment, **given).token == token


@pytest.mark.parametrize("empty", ["", "  ", "\n"], ids=repr)
def test_an_empty_token_counts_as_unset(empty: str) -> None:
    """And the user is told, since it was hardly meant."""
    settings = Settings.resolve({"NEMO_TOKEN": empty})

    assert settings.token is None
    assert settings.remarks == ("NEMO_TOKEN is empty and counts as unset.",)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com",
        "http://10.0.0.1",
        "HTTP://api.example.com",
        "Http://api.example.com",
        " http://api.example.com",
        "ht\ntp://api.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
    ],
    ids=repr,
)
def test_a_token_never_travels_readable(url: str) -> None:
    """However plain http is spelt."""
    with pytest.raises(ConfigurationError):
        Settings.resolve({}, base_url=url, token=SECRET)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8848",
        "http://localhost:1",
        "http://[::1]:1",
        "http://127.9.9.9",
        "http://a.localhost",
    ],
)
def test_on_loopback_a_token_may_use_http(url: str) -> None:
    """Nobody else can read it there."""
    settings = Settings.resolve({}, base_url=url, token=SECRET)

    assert settings.token == SECRET
    assert settings.is_loopback


def test_an_anonymous_account_may_use_http() -> None:
    """Without the user's token there is nothing to protect."""
    assert not Settings.resolve({}, base_url="http://api.example.com").is_loopback


@pytest.mark.parametrize(
    "url",
    [
        "api.example.com",
        "ftp://api.example.com",
        "https://",
        "https:///path",
        "https://user@api.example.com",
        "https://user:word@api.example.com",
        "https://[::1",
        "https://api.example.com:port",
        "https://api.example.com:99999",
        "https://api example.com",
        "  ",
    ],
    ids=repr,
)
def test_a_bad_address_is_a_configuration_error(url: str) -> None:
    """It is found before anything is sent."""
    with pytest.raises(ConfigurationError, match="address"):
        Settings.resolve({}, base_url=url)


def test_a_bad_address_does_not_show_its_password() -> None:
    """What stands before an @ may be a secret."""
    with pytest.raises(ConfigurationError) as caught:
        Settings.resolve({}, base_url="https://user:pass1234@api.example.com")

    assert "pass1234" not in str(caught.value)


@pytest.mark.parametrize("token", ["nmv\nusr", "nmv usr", "nmv\x00", "tökén", "a\r\nX-Evil: 1"])
def test_a_token_of_odd_letters_is_refused_and_not_shown(token: str) -> None:
    """A header cannot be broken up by a token, and an error never shows one."""
    with pytest.raises(ConfigurationError) as caught:
        Settings.resolve({}, token=token)

    assert token not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"skill": "a\r\nX-Evil: 1"},
        {"environment": {"SKILL_SOURCE": "a\nb"}},
        {"environment": {"NEMO_CLIENT_ID": "a\nb"}},
    ],
    ids=["skill", "platform", "client id"],
)
def test_nothing_else_can_break_up_the_headers(given: dict[str, Any]) -> None:
    """What becomes a header is checked before anything is sent."""
    with pytest.raises(ConfigurationError):
        Settings.resolve(given.get("environment", {}), skill=given.get("skill"))


@pytest.mark.parametrize(
    ("skill", "environment", "expected"),
    [
        (None, {}, Attribution("nemovideo-python", VERSION, "unknown")),
        (None, {"SKILL_SOURCE": "cursor"}, Attribution("nemovideo-python", VERSION, "cursor")),
        ("my-bot", {"SKILL_SOURCE": "cursor"}, Attribution("my-bot", "1.0", "cursor")),
        ("my-bot", {"SKILL_SOURCE": ""}, Attribution("my-bot", "1.0", "unknown")),
        (Attribution("b", "2", "p"), {"SKILL_SOURCE": "cursor"}, Attribution("b", "2", "p")),
    ],
    ids=["default", "platform", "name", "empty platform", "value"],
)
def test_the_skill_is_named(
    skill: Attribution | str | None, environment: dict[str, str], expected: Attribution
) -> None:
    """A name takes its platform from the environment, a value is taken as it is."""
    assert Settings.resolve(environment, skill=skill).skill == expected


def test_a_skill_goes_out_as_three_headers() -> None:
    """Contract section 1."""
    assert Attribution("bot", "2.1", "clawhub").headers() == {
        "X-Skill-Source": "bot",
        "X-Skill-Version": "2.1",
        "X-Skill-Platform": "clawhub",
    }


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://api.example.com/v1/", "https://api.example.com"),
        ("http://127.0.0.1:8848", "http://127.0.0.1:8848"),
        ("https://API.example.com", "https://api.example.com"),
        ("https://api.example.com:443", "https://api.example.com"),
    ],
)
def test_the_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    """One service has one origin, however its address is spelt: tokens are kept by it."""
    assert Settings.resolve({}, base_url=url).origin == origin


@pytest.mark.parametrize(
    "value",
    [
        Settings.resolve({}, token=SECRET),
        AnonymousToken(SECRET),
        Render("r", url=f"https://cdn/x?signature={SECRET}"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_value_shows_its_secret(value: object, caplog: pytest.LogCaptureFixture) -> None:
    """Neither `repr` nor a log record of a value holds what it protects."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger(__name__).info("%s %r", value, value)

    assert SECRET not in repr(value) + str(value) + caplog.text
