"""Skills: the five that are built in, and those of pages as they are published."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo import ConfigurationError, InputError, NemoVideo, Skill
from nemovideo.skills.front_matter import front_matter
from nemovideo.skills.page import page

NAMES = [
    "image-to-video-free-online",
    "image-to-video-maker-ai",
    "free-video-maker-from-photo",
    "image-to-video-local",
    "free-photo-to-video-ai",
]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("name", NAMES)
def test_a_built_in_skill_says_everything(name: str, language: str) -> None:
    """Name, version, and words of its own in both languages."""
    skill = Skill.builtin(name, language)

    assert skill.headers()["X-Skill-Source"] == name
    assert skill.version
    for words in (skill.promise, skill.greeting, skill.wish, skill.advice, *skill.examples):
        assert bool(re.search("[\u4e00-\u9fff]", words)) == (language != "en")
    assert skill.wish in skill.examples


def test_the_five_differ() -> None:
    """No two have the same words."""
    skills = [Skill.builtin(name) for name in Skill.names()]

    assert [skill.name for skill in skills] == NAMES
    for fact in ("promise", "greeting", "wish", "advice"):
        assert len({getattr(skill, fact) for skill in skills}) == 5


def test_an_unknown_skill_is_refused_by_name() -> None:
    """The error names those that there are."""
    with pytest.raises(InputError, match=r"no built-in skill 'x'.*image-to-video-local"):
        Skill.builtin("x")


def test_a_name_becomes_a_skill() -> None:
    """One that is built in has its words; any other is a program of its own."""
    assert Skill.named("image-to-video-local") == Skill.builtin("image-to-video-local")
    assert Skill.named("holiday-bot") == Skill("holiday-bot")


def test_another_language_keeps_what_is_sent() -> None:
    """Version and platform are those of the skill; a skill of one's own has only its words."""
    skill = Skill("image-to-video-local", "1.10", "cursor").spoken("zh")
    own = Skill("holiday-bot", greeting="Hello!")

    assert (skill.version, skill.platform) == ("1.10", "cursor")
    assert skill.wish.startswith("把")
    assert own.spoken("zh") is own


PUBLISHED = """\ufeff---\r
name: holiday-bot\r
version: 1.10\r
displayName: "Holiday: the \\"bot\\""\r
description: Turn photos into video: fast, free: no account # really\r
metadata: {"openclaw": {"emoji": "🎬", "requires": {"env": ["NEMO_TOKEN"]}}}\r
tags:\r
  - video\r
  - version: 9\r
long: >-\r
  one line\r
  and another\r
text: |\r
  two\r
  lines\r
quoted: 'it''s'\r
version: 2.0\r
---\r
# Holiday\r
name: not this\r
"""


def test_a_published_page_is_read_as_it_is() -> None:
    """`1.10` stays text, colons need no quotes, the first of two keys counts."""
    head = front_matter(PUBLISHED)

    assert head["name"] == "holiday-bot"
    assert head["version"] == "1.10"
    assert head["displayname"] == 'Holiday: the "bot"'
    assert head["description"] == "Turn photos into video: fast, free: no account"
    assert head["metadata"].startswith('{"openclaw"')
    assert head["long"] == "one line and another"
    assert head["text"] == "two\nlines"
    assert head["quoted"] == "it's"


@pytest.mark.parametrize(
    "text",
    ["", "---", "---\nname: a\n", "# no head\n---\nname: a\n---\n", "\x00\xff", "---\n---\n"],
    ids=["empty", "one mark", "no end", "text before", "binary", "empty head"],
)
def test_a_page_without_a_head_has_no_keys(text: str) -> None:
    """Nothing is guessed from what is no front matter."""
    assert front_matter(text) == {}


@given(st.text())
def test_any_page_can_be_read(text: str) -> None:
    """Whatever a page holds, its values are text."""
    head = front_matter(f"---\n{text}\n---\n")

    assert all(isinstance(value, str) for value in head.values())


@pytest.mark.parametrize(
    ("head", "name", "version"),
    [
        ("name: a\nversion: 1.10", "a", "1.10"),
        ("name: [a, b]\nversion: {x: 1}", "[a,-b]", "{x:-1}"),
        ("name: null\nversion: true", "null", "true"),
        ("name: 照片\nversion: '2'", "folder", "2"),
        ("name: a\tb\nversion:", "a-b", "1.0"),
        ("nothing", "folder", "1.0"),
    ],
)
def test_odd_types_become_headers_that_can_be_sent(
    tmp_path: Path, head: str, name: str, version: str
) -> None:
    """A client can be made of whatever a page says; the folder's name stands in."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "SKILL.md").write_text(f"---\n{head}\n---\n", "utf-8")
    skill = Skill.load(folder)

    assert (skill.name, skill.version) == (name, version)
    assert NemoVideo(skill=skill).skill == skill
    assert Skill.load(folder / "SKILL.md") == skill


def test_a_page_of_any_bytes_is_read(tmp_path: Path) -> None:
    """What is no UTF-8 costs its letters, not the skill; a huge page is read in part."""
    target = tmp_path / "SKILL.md"
    target.write_bytes(b"---\nname: a\nversion: \xff3\n---\n" + b"\xfe" * 3_000_000)

    assert Skill.load(target).name == "a"
    assert Skill.load(target).version == "3"


@pytest.mark.parametrize("name", ["none", "none/SKILL.md"])
def test_a_page_that_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    """The error names it and what to give instead."""
    with pytest.raises(ConfigurationError, match=r"cannot be read.*Give a SKILL\.md"):
        Skill.load(tmp_path / name)


@pytest.mark.parametrize(
    ("place", "source", "platform"),
    [
        (".clawhub/skills/a", None, "clawhub"),
        (".cursor/skills/a", None, "cursor"),
        (".cursor/a", None, "unknown"),
        ("work/.cursor/skills/a", None, "unknown"),
        ("skills/a", None, "unknown"),
        (".cursor/skills/a", "agentverse", "agentverse"),
        ("skills/a", "", "unknown"),
    ],
)
def test_the_platform_follows_from_the_place(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    source: str | None,
    platform: str,
) -> None:
    """By the folder below HOME, and by `SKILL_SOURCE` before it (contract section 1)."""
    folder = home / place
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text("---\nname: a\n---\n", "utf-8")
    if source is not None:
        monkeypatch.setenv("SKILL_SOURCE", source)

    assert Skill.load(folder).platform == platform


def test_a_linked_page_is_where_its_link_is(home: Path, tmp_path: Path) -> None:
    """A page that is linked into ~/.cursor/skills is installed there."""
    page_folder = tmp_path / "elsewhere"
    page_folder.mkdir()
    (page_folder / "SKILL.md").write_text("---\nname: a\n---\n", "utf-8")
    (home / ".cursor" / "skills").mkdir(parents=True)
    (home / ".cursor" / "skills" / "a").symlink_to(page_folder)

    assert Skill.load(home / ".cursor" / "skills" / "a").platform == "cursor"


def test_skill_source_counts_where_nobody_named_a_platform(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A built-in skill takes it; one that names its platform keeps it."""
    monkeypatch.setenv("SKILL_SOURCE", "clawhub")

    assert NemoVideo(skill=Skill.builtin(NAMES[0])).skill.platform == "clawhub"
    assert NemoVideo(skill=Skill("a", platform="cursor")).skill.platform == "cursor"


@pytest.mark.parametrize("name", NAMES)
def test_a_page_that_is_written_can_be_read_again(tmp_path: Path, name: str) -> None:
    """It names the skill, and every command names it too; none is raw HTTP."""
    skill = Skill.builtin(name)
    text = page(skill, "/home/a b/.cursor/skills")
    (tmp_path / "SKILL.md").write_text(text, "utf-8")
    loaded = Skill.load(tmp_path)

    assert (loaded.name, loaded.version) == (skill.name, skill.version)
    assert loaded.promise.startswith(skill.promise)
    commands = re.findall(r"`(nemovideo \w+ [^`]*)`", text)
    assert len(commands) >= 8
    assert all("--skill '/home/a b/.cursor/skills'" in command for command in commands)
    assert "curl" not in text
    assert "http" not in text
