"""Discord on loopback, as far as a bot that makes videos needs it: REST, gateway and CDN.

As a script it runs another one, whose discord.py speaks to this server instead of Discord:

    fake_discord.py URL SCRIPT [ARGUMENT ...]
"""

import asyncio
import itertools
import json
import runpy
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from aiohttp import WSMsgType, web
from attrs import define, field, frozen

TOKEN: Final = "MTIzNDU2.fake.token"
GUILD: Final = 5000
LOUNGE: Final = 5001
"""A channel of many; every other id is a direct one."""
_BOT: Final = {"id": "42", "username": "nemo", "discriminator": "0", "avatar": None, "bot": True}
_FILE_LIMIT: Final = 10 * 1024 * 1024
_HELLO, _HEARTBEAT, _ACK, _DISPATCH = 10, 1, 11, 0
_IDENTIFY, _RESUME = 2, 6


@frozen
class Call:
    """One call of the bot that a channel could notice.

    Attributes:
        method: `POST` sends, `PATCH` edits, `DELETE` deletes.
        channel: The channel's id.
        message: The id of the message.
        text: Its words.
        content: The file that came along.
        at: When, in seconds of the monotonic clock.
        status: What the bot was answered.
    """

    method: str
    channel: int
    message: int
    text: str = ""
    content: bytes = field(default=b"", repr=False)
    at: float = field(factory=time.monotonic)
    status: int = 200


@define(eq=False)
class FakeDiscord:
    """The server: what people write goes to the bot, what the bot does is in `calls`.

    It runs on a loop of its own; what a test does to it may come from any thread.

    Attributes:
        url: Its address.
        calls: What the bot did, in order.
        holds_files: Whether messages with a file get no answer as yet.
        refuses_files: Whether messages with a file are forbidden.
        connections: How often a bot has come to the gateway.
    """

    url: str = ""
    calls: list[Call] = field(factory=list)
    holds_files: bool = False
    refuses_files: bool = False
    connections: int = 0
    _files: dict[str, Path] = field(factory=dict)
    _ids: Iterator[int] = field(factory=lambda: itertools.count(10_000))
    _words: dict[tuple[int, int], str] = field(factory=dict)
    _sockets: list[web.WebSocketResponse] = field(factory=list)
    _loop: asyncio.AbstractEventLoop | None = None
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        app = web.Application(client_max_size=2**27)
        app.router.add_get("/api/users/@me", self._me)
        app.router.add_get("/api/oauth2/applications/@me", self._application)
        app.router.add_post("/api/channels/{channel}/messages", self._message)
        app.router.add_patch("/api/channels/{channel}/messages/{message}", self._message)
        app.router.add_delete("/api/channels/{channel}/messages/{message}", self._message)
        app.router.add_get("/cdn/{name}", self._file)
        app.router.add_get("/gateway/", self._gateway)
        self._loop = asyncio.get_running_loop()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def aclose(self) -> None:
        """Let go of the port."""
        assert self._runner
        await self._runner.cleanup()

    def write(
        self, channel: int, text: str, files: Sequence[Path] = (), *, mention: bool = False
    ) -> None:
        """Let a person write a message, with files."""
        attachments = [self._attached(file) for file in files]
        message = self._told(channel, next(self._ids), text) | {
            "author": {**_BOT, "id": str(channel + 1), "username": "person", "bot": False},
            "attachments": attachments,
            "mentions": [_BOT] if mention else [],
        }
        self._dispatch("MESSAGE_CREATE", message)

    def cut(self) -> None:
        """Lose every connection to the gateway."""
        assert self._loop
        for socket in self._sockets:
            asyncio.run_coroutine_threadsafe(socket.close(code=1001), self._loop).result(10)

    def sent(self, channel: int, method: str = "POST") -> list[Call]:
        """What a channel was sent."""
        return [call for call in self.calls if (call.channel, call.method) == (channel, method)]

    def shown(self, channel: int) -> list[str]:
        """What the channel shows of the bot's words now."""
        return [words for (place, _), words in self._words.items() if place == channel]

    def _attached(self, file: Path) -> dict[str, Any]:
        number = str(next(self._ids))
        self._files[number] = file
        address = f"{self.url}/cdn/{number}"
        return {
            "id": number,
            "filename": file.name,
            "size": file.stat().st_size,
            "url": address,
            "proxy_url": address,
        }

    def _told(self, channel: int, number: int, text: str) -> dict[str, Any]:
        return {
            "id": str(number),
            "channel_id": str(channel),
            "author": _BOT,
            "content": text,
            "timestamp": "2026-01-01T00:00:00.000000+00:00",
            "edited_timestamp": None,
            "type": 0,
            "attachments": [],
            "embeds": [],
            "mentions": [],
            "mention_roles": [],
            **({"guild_id": str(GUILD)} if channel == LOUNGE else {}),
        }

    def _dispatch(self, event: str, payload: dict[str, Any]) -> None:
        assert self._loop
        for socket in self._sockets:
            frame = {"op": _DISPATCH, "t": event, "s": next(self._ids), "d": payload}
            asyncio.run_coroutine_threadsafe(socket.send_json(frame), self._loop)

    async def _me(self, request: web.Request) -> web.Response:
        known = request.headers["Authorization"] == f"Bot {TOKEN}"
        return _json(_BOT if known else {"message": "401"}, status=200 if known else 401)

    async def _application(self, _: web.Request) -> web.Response:
        application = {
            "id": "42",
            "name": "nemo",
            "description": "",
            "icon": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": _BOT,
            "verify_key": "",
        }
        return _json(application)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(self._files[request.match_info["name"]])

    async def _message(self, request: web.Request) -> web.Response:
        channel = int(request.match_info["channel"])
        number = int(request.match_info.get("message") or next(self._ids))
        text, content = await _received(request)
        status, refusal = self._judged(request.method, channel, number, text, content)
        self.calls.append(Call(request.method, channel, number, text, content, status=status))
        if status >= 400:
            return _json({"code": 40000 + status, "message": refusal}, status=status)
        while content and self.holds_files:  # noqa: ASYNC110 - set in another thread
            await asyncio.sleep(0.05)
        if request.method == "DELETE":
            del self._words[channel, number]
            return web.Response(status=204)
        self._words[channel, number] = text
        return _json(self._told(channel, number, text))

    def _judged(
        self, method: str, channel: int, number: int, text: str, content: bytes
    ) -> tuple[int, str]:
        if content and self.refuses_files:
            return 403, "Missing Permissions"
        if len(content) > _FILE_LIMIT:
            return 413, "Request entity too large"
        if method != "POST" and (channel, number) not in self._words:
            return 404, "Unknown Message"
        if method != "DELETE" and not content and not 0 < len(text) <= 2000:
            return 400, "Invalid Form Body"
        return 200, ""

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": _HELLO, "d": {"heartbeat_interval": 5000}})
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._hear(socket, json.loads(frame.data))
        self._sockets = [one for one in self._sockets if one is not socket]
        return socket

    async def _hear(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        match frame["op"]:
            case op if op == _HEARTBEAT:
                await socket.send_json({"op": _ACK})
            case op if op == _IDENTIFY:
                assert frame["d"]["token"] == TOKEN
                ready = {
                    "user": _BOT,
                    "session_id": "session",
                    "resume_gateway_url": _gateway_of(self.url),
                    "guilds": [{"id": str(GUILD), "unavailable": True}],
                    "application": {"id": "42", "flags": 0},
                }
                await self._welcome(socket, "READY", ready)
                guild = {
                    "id": str(GUILD),
                    "name": "Guild",
                    "member_count": 2,
                    "channels": [{"id": str(LOUNGE), "type": 0, "name": "lounge", "position": 0}],
                }
                self._dispatch("GUILD_CREATE", guild)
            case op if op == _RESUME:
                await self._welcome(socket, "RESUMED", {})

    async def _welcome(
        self, socket: web.WebSocketResponse, event: str, payload: dict[str, Any]
    ) -> None:
        await socket.send_json({"op": _DISPATCH, "t": event, "s": 1, "d": payload})
        self._sockets.append(socket)
        self.connections += 1


def _json(value: Any, *, status: int = 200) -> web.Response:
    """Answer as Discord does: discord.py takes JSON for text where a charset is named."""
    kind = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(value).encode(), headers=kind, status=status)


async def _received(request: web.Request) -> tuple[str, bytes]:
    """Read a message's words, and the file that came along."""
    if request.method == "DELETE":
        return "", b""
    if request.content_type == "application/json":
        return (await request.json()).get("content") or "", b""
    form = await request.post()
    (file,) = [part for part in form.values() if isinstance(part, web.FileField)]
    with file.file as content:
        return json.loads(str(form["payload_json"])).get("content") or "", content.read()


def _gateway_of(url: str) -> str:
    return url.replace("http", "ws", 1) + "/gateway/"


def main() -> None:
    """Point discord.py here, then be the script."""
    import yarl
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    _, url, *sys.argv = sys.argv
    Route.BASE = f"{url}/api"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(_gateway_of(url))
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
