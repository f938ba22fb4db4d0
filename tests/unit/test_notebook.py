import re
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from nemovideo.draft import Draft
from nemovideo.models import Render, Reply, Session, SessionState
from nemovideo.workflows.video import Video
from tests.unit.drafts import DOCUMENTED, DRAFTS, Json

EVIL = '<script>alert("1")</script><img src=x onerror=alert(1)>&amp;\x00\ud83d'


class Page(HTMLParser):
    """What a browser finds: elements with their attributes, and the words between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep some words."""
        self.words.append(data)

    @property
    def tags(self) -> list[str]:
        """The names of the elements."""
        return [tag for tag, _ in self.elements]

    def first(self, tag: str) -> dict[str, str | None]:
        """The attributes of the first element of a name."""
        return next(attributes for name, attributes in self.elements if name == tag)


def is_harmless(html: str) -> bool:
    """Whether nothing in it runs or asks for anything outside."""
    page = Page(html)
    names = {name for _, attributes in page.elements for name in attributes}
    return not {"script", "img", "iframe"} & {*page.tags} and not any(
        name.startswith("on") for name in names
    )


def video(path: Path, wire: Json = DOCUMENTED) -> Video:
    """A finished video of a file."""
    return Video(path, 1.0, Draft.from_wire(wire), Session("1"), Render("r"))


@given(DRAFTS)
def test_a_draft_fills_the_column_it_is_shown_in(wire: Json) -> None:
    """In the reader's own colours."""
    draft = Draft.from_wire(wire)

    assert draft._repr_html_() == draft.to_svg(width=None, theme="auto")


def test_a_state_shows_its_timeline_and_what_lies_beside_it() -> None:
    """Media is counted, because the shape of its elements is not documented."""
    state = SessionState(Draft.from_wire(DOCUMENTED), video_infos=(1, 2), generated_media=({},))

    page = Page(state._repr_html_())

    assert page.words[-1] == "2 uploaded, 1 generated"
    assert "Lo-fi" in page.words


def test_a_state_before_the_first_edit_is_an_empty_timeline() -> None:
    """And no paragraph about nothing."""
    html = SessionState()._repr_html_()

    assert html == Draft()._repr_html_()


def test_a_reply_shows_what_was_said_and_changed() -> None:
    """Its lines as lines, its changes as a list, and the timeline where one came."""
    draft = Draft.from_wire(DOCUMENTED)
    reply = Reply("Done.\nMore?", state_delta={"draft": DOCUMENTED})
    changed = Reply("Done.", changes=tuple(draft.changes_since(None)))

    page, listed = Page(reply._repr_html_()), Page(changed._repr_html_())

    assert page.words[:2] == ["Done.", "More?"]
    assert page.tags[:3] == ["p", "br", "svg"]
    assert "Urban Dreams" in "".join(page.words)
    assert (listed.tags.count("li"), listed.tags.count("svg")) == (3, 0)
    assert 'Added the music "Lo-fi" (0-10 s).' in listed.words


def test_a_reply_escapes_what_others_wrote() -> None:
    """The agent's words, the names in the changes, and those in the timeline."""
    wire = {"m": {"title": EVIL}, "t": [{"tt": 0, "sg": [{"d": 1000, "m": {"name": EVIL}}]}]}
    changes = tuple(Draft.from_wire(wire).changes_since(None))
    reply = Reply(EVIL, changes=changes, state_delta={"draft": wire})

    html = reply._repr_html_()

    assert is_harmless(html)
    assert html.encode()
    assert any(line.startswith('<script>alert("1")</script>') for line in Page(html).words)


@pytest.mark.parametrize(
    "delta",
    [{}, {"draft": None}, {"draft": []}, {"draft": {"t": 5}}, {"draft": "x"}, {"other": {}}],
    ids=["nothing", "null", "list", "wrong shape", "text", "another key"],
)
def test_a_reply_survives_a_timeline_that_is_none(delta: Json) -> None:
    """The words are there all the same."""
    assert Reply("Done.", state_delta=delta)._repr_html_() == "<p>Done.</p>"


@given(DRAFTS)
def test_a_reply_shows_any_readable_timeline(wire: Json) -> None:
    """As the draft itself would be."""
    reply = Reply(state_delta={"draft": wire})

    assert reply._repr_html_() == Draft.from_wire(wire)._repr_html_()


def test_a_reply_without_a_word_is_a_blank() -> None:
    """A silent reply is no error; a notebook shows nothing for it."""
    assert Reply()._repr_html_() == "<p></p>"


@pytest.mark.parametrize("content", [b"", b"\x00\xff<script>", bytes(range(256)) * 999])
def test_a_video_plays_inside_of_the_page(content: bytes, tmp_path: Path) -> None:
    """The page holds exactly the file, with controls, over its timeline."""
    path = tmp_path / "film.mp4"
    path.write_bytes(content)

    page = Page(video(path)._repr_html_())

    kind, _, data = str(page.first("video")["src"]).partition(",")
    assert (kind, b64decode(data)) == ("data:video/mp4;base64", content)
    assert "controls" in page.first("video")
    assert page.tags.index("video") < page.tags.index("svg")


@pytest.mark.parametrize("name", ["gone.mp4", EVIL.replace("/", "").replace("\x00", ""), "a\x00b"])
def test_a_file_that_is_gone_is_said(name: str, tmp_path: Path) -> None:
    """Its timeline is still there, and its name is only a name."""
    html = video(tmp_path / name)._repr_html_()

    assert is_harmless(html)
    assert "cannot be read any more" in html
    assert "svg" in Page(html).tags


def test_a_folder_is_no_film(tmp_path: Path) -> None:
    """What cannot be read is said, whatever the reason."""
    assert "cannot be read any more" in video(tmp_path)._repr_html_()


def sparse(path: Path, size: int) -> Path:
    """A file of a size that takes no room."""
    with path.open("wb") as file:
        file.truncate(size)
    return path


@pytest.mark.parametrize(("size", "tag"), [(32_000_000, "video"), (32_000_001, "a")])
def test_a_file_above_the_limit_is_linked(size: int, tag: str, tmp_path: Path) -> None:
    """A page of more than that would be slow; the limit itself is still played."""
    page = Page(video(sparse(tmp_path / "film.mp4", size))._repr_html_())

    assert {"video", "a"} & {*page.tags} == {tag}
    assert any("too large to be shown here (32 MB)" in one for one in page.words) == (tag == "a")


@pytest.mark.parametrize(
    ("name", "href"),
    [
        ("a b#c?d.mp4", "a%20b%23c%3Fd.mp4"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ('"><script>.mp4', "%22%3E%3Cscript%3E.mp4"),
        ("夏.mp4", "%E5%A4%8F.mp4"),
        ("\udcff.mp4", "%FF.mp4"),
    ],
    ids=["marks of addresses", "another scheme", "markup", "chinese", "no unicode"],
)
def test_a_link_leads_to_the_file(
    name: str, href: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever letters its name has."""
    monkeypatch.chdir(tmp_path)
    html = video(sparse(Path(name), 32_000_001))._repr_html_()

    assert Page(html).first("a")["href"] == href
    assert is_harmless(html)


def test_several_shown_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Every id of a page is defined alike wherever it is defined."""
    shown: list[Any] = [
        Draft.from_wire(DOCUMENTED),
        SessionState(Draft.from_wire({})),
        video(tmp_path / "gone.mp4"),
    ]

    html = "".join(one._repr_html_() for one in shown)

    assert len(set(re.findall(r"<defs>.*?</defs>", html))) == 1
    assert len(set(re.findall(r"<style>.*?</style>", html))) == 1
