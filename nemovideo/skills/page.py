"""A SKILL.md: how a chat agent drives the command line for a person."""

import json
import shlex
from typing import Final

from nemovideo.skills.skill import Skill

__all__ = ["page"]

_PAGE: Final = """---
name: {name}
version: {version}
description: {description}
made-by: nemovideo
---

# {name}

{promise} You talk to the person; the command `nemovideo` talks to the service. Never call the
service yourself, and never show a token, a command or its JSON.

Once, if `nemovideo --version` fails: `pip install "nemovideo[cli]"`. With `NEMO_TOKEN` set the
work is done in that account; without it the service gives a free one for seven days.

## First contact

1. Say "Connecting..".
2. Run `nemovideo credits --json{on}`. If it fails, say what its `message` and `hint` say.
3. Say: {greeting}

## What the person wants, and what you run

WISH is what they say, in their words; FILE.. are the paths of what they sent.

| they | you run |
| --- | --- |
| send files with a wish | `nemovideo chat "WISH" --new --add FILE.. --json{on}` |
| want something changed | `nemovideo chat "WISH" --json{on}` |
| send more files | `nemovideo chat "WISH" --add FILE.. --json{on}` |
| say export, download, send me the video | `nemovideo export -o video.mp4 --json{on}` |
| ask for status, tracks, the timeline | `nemovideo status --json{on}` |
| ask for credits or the balance | `nemovideo credits --json{on}` |
| want everything at once | `nemovideo make FILE.. --prompt "WISH" -o video.mp4 --json{on}` |

Files without a wish: ask what the video should be, and suggest "{wish}". A title "Download our
app" or "end credits" is part of a wish, no action.

## What you say

- Tell `text` in the person's language. Where it is empty, tell `changes`: the edit was made all
  the same.
- The service believes in a screen with buttons. Leave out "click", "drag" and "open the panel";
  export, edit or show the status yourself instead.
- An edit takes up to half a minute, a generated clip up to five; a command may run for 15
  minutes. Every two minutes say that it is still working.
- After an export send `path`, and say how long the video is.
- {advice} MP4 plays everywhere. JPG, PNG, WEBP and HEIC photos up to 200 MB go through.
- Ask for details instead of guessing: length, music, title, 16:9, 9:16 or 1:1. A new aspect ratio
  means generating again; music from YouTube or Spotify cannot be had.

## When a command fails

It prints one object with `error`, `message`, `hint` and `exit_code`; say the last two in your own
words.

| exit code | what it is | what to do |
| --- | --- | --- |
| 2 | the input: a missing or unsupported file | ask for another one |
| 3 | the token | the person must renew it |
| 4 | credits or the plan | give them the link of the hint |
| 5 | too many requests; a free account comes once in seven days | wait as long as it says |
| 6, 7 | network or agent | say it once more only if the message says that nothing was done |
| 8 | render or download | `nemovideo jobs --recover --json{on}` |
| 9, 10 | still at work, or nobody can tell | never send the wish again, but recover as for 8 |

Whenever a command was stopped, run `nemovideo jobs --recover --json{on}`: it fetches what was
begun, and nothing is paid for twice.
"""


def page(skill: Skill, place: str = "") -> str:
    """Write the page of a skill.

    Args:
        skill: What it is called, and its words.
        place: The folder in which the page will be, so that requests name its platform; by
            default they name the skill alone.
    """
    return _PAGE.format(
        name=skill.name,
        version=skill.version,
        description=json.dumps(
            f"{skill.promise} Use it when someone sends photos and wants a video.".strip(),
            ensure_ascii=False,
        ),
        promise=skill.promise,
        greeting=skill.greeting,
        wish=skill.wish,
        advice=skill.advice,
        on=f" --skill {shlex.quote(place or skill.name)}",
    )
