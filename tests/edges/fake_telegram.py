"""Telegram's Bot API on loopback, as far as a bot that makes videos needs it, with its rules."""

import asyncio
import contextlib
import itertools
import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from attrs import define, field, frozen

TOKEN: Final = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
_BOT: Final = {"id": 123456, "is_bot": True, "first_name": "Nemo", "username": "nemo_bot"}
_DOWNLOAD_LIMIT: Final = 20_000_000
_UPLOAD_LIMIT: Final = 50_000_000


@frozen
class Call:
    """One call of the bot that a chat could notice.

    Attributes:
        method: Such as `sendMessage`.
        chat: The chat's id.
        message: The id of the message that was sent, edited or deleted.
        text: Its words, or the caption.
        content: The file that came along.
        at: When, in seconds of the monotonic clock.
        status: What the bot was answered.
    """

    method: str
    chat: int
    message: int
    text: str = ""
    content: bytes = field(default=b"", repr=False)
    at: float = field(factory=time.monotonic)
    status: int = 200


class RefusedError(Exception):
    """The call is answered with an error."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


@define(eq=False)
class FakeTelegram:
    """The server: what people say is queued as updates, what the bot does is in `calls`.

    It runs on a loop of its own; what a test does to it may come from any thread.

    Attributes:
        url: Its address.
        calls: What the bot did, in order.
        held: Methods whose answer does not come as yet.
        file_seconds: How long a file takes to come.
        limited: Methods that are refused for a number of seconds, once each.
    """

    url: str = ""
    calls: list[Call] = field(factory=list)
    held: set[str] = field(factory=set)
    file_seconds: float = 0
    limited: dict[str, int] = field(factory=dict)
    _updates: deque[dict[str, Any]] = field(factory=deque)
    _files: dict[str, Path] = field(factory=dict)
    _ids: Iterator[int] = field(factory=lambda: itertools.count(1))
    _words: dict[tuple[int, int], str] = field(factory=dict)
    _news: asyncio.Event = field(factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop | None = None
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        app = web.Application(client_max_size=2**27)
        app.router.add_post("/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{name}", self._file)
        self._loop = asyncio.get_running_loop()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def aclose(self) -> None:
        """Let go of the port."""
        assert self._runner
        await self._runner.cleanup()

    def say(self, chat: int, text: str) -> None:
        """Let a person write a message."""
        self._arrive(chat, {"text": text})

    def show(self, chat: int, *photos: Path, caption: str = "") -> None:
        """Let a person send photos; several are an album, whose first has the caption."""
        album = {"media_group_id": f"album-{next(self._ids)}"} if len(photos) > 1 else {}
        for photo in photos:
            sizes = [self._keep(photo, "small", 90), self._keep(photo, "large", 1280)]
            self._arrive(
                chat, {"photo": sizes, **album, **({"caption": caption} if caption else {})}
            )
            caption = ""

    def hand(self, chat: int, file: Path, caption: str = "", size: int | None = None) -> None:
        """Let a person send a file as it is, or say that it is larger than it is."""
        document = self._keep(file, "document") | {"file_name": file.name}
        if size is not None:
            document["file_size"] = size
        self._arrive(chat, {"document": document, "caption": caption})

    def sent(self, chat: int, method: str = "sendMessage") -> list[Call]:
        """What a chat was sent."""
        return [call for call in self.calls if (call.chat, call.method) == (chat, method)]

    def shown(self, chat: int) -> list[str]:
        """What the chat shows of the bot's own words now."""
        return [words for (place, _), words in self._words.items() if place == chat]

    def _keep(self, file: Path, kind: str, side: int = 0) -> dict[str, Any]:
        name = f"{kind}-{next(self._ids)}"
        self._files[name] = file
        sides = {"width": side, "height": side} if side else {}
        return {
            "file_id": name,
            "file_unique_id": name,
            "file_size": file.stat().st_size,
            **sides,
        }

    def _arrive(self, chat: int, message: Mapping[str, Any]) -> None:
        number = next(self._ids)
        sender = {"id": chat, "is_bot": False, "first_name": f"Person {chat}"}
        place = {"id": chat, "type": "private", "first_name": f"Person {chat}"}
        told = {"message_id": number, "date": int(time.time()), "chat": place, "from": sender}
        self._updates.append({"update_id": number, "message": told | dict(message)})
        assert self._loop
        self._loop.call_soon_threadsafe(self._news.set)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(self.file_seconds)
        return web.FileResponse(self._files[request.match_info["name"]])

    async def _call(self, request: web.Request) -> web.Response:
        assert request.match_info["token"] == TOKEN
        method = request.match_info["method"]
        form = await _received(request)
        try:
            result = await self._answer(method, form)
        except RefusedError as refusal:
            problem = {"ok": False, "error_code": refusal.status, "parameters": refusal.parameters}
            return web.json_response(
                problem | {"description": refusal.description}, status=refusal.status
            )
        return web.json_response({"ok": True, "result": result})

    async def _answer(self, method: str, form: dict[str, Any]) -> Any:
        match method:
            case "getMe":
                return _BOT
            case "getUpdates":
                return await self._poll(int(form.get("offset", 0)), float(form["timeout"]))
            case "getFile":
                return self._found(form["file_id"])
            case "setMyCommands" | "deleteWebhook" | "sendChatAction":
                return True
            case _:
                return await self._act(method, form)

    async def _poll(self, offset: int, timeout: float) -> list[dict[str, Any]]:
        while self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()  # confirmed, and never given out again
        if not self._updates:
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), timeout)
        return list(self._updates)

    def _found(self, file_id: str) -> dict[str, Any]:
        size = self._files[file_id].stat().st_size
        if size > _DOWNLOAD_LIMIT:
            raise RefusedError(400, "Bad Request: file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": file_id,
            "file_size": size,
            "file_path": file_id,
        }

    async def _act(self, method: str, form: dict[str, Any]) -> Any:
        chat, text = int(form["chat_id"]), form.get("text", form.get("caption", ""))
        number = int(form.get("message_id") or next(self._ids))
        content = next((part for part in form.values() if isinstance(part, bytes)), b"")
        refusal = self._refusal(method, chat, number, text, content)
        status = refusal.status if refusal else 200
        self.calls.append(Call(method, chat, number, text, content, status=status))
        if refusal:
            raise refusal
        while method in self.held:  # noqa: ASYNC110 - set in another thread
            await asyncio.sleep(0.05)
        if method == "deleteMessage":
            del self._words[chat, number]
            return True
        self._words[chat, number] = text
        place = {"id": chat, "type": "private"}
        return {"message_id": number, "date": int(time.time()), "chat": place, "text": text}

    def _refusal(
        self, method: str, chat: int, number: int, text: str, content: bytes
    ) -> RefusedError | None:
        if seconds := self.limited.pop(method, 0):
            return RefusedError(
                429, f"Too Many Requests: retry after {seconds}", retry_after=seconds
            )
        if len(content) > _UPLOAD_LIMIT:
            return RefusedError(413, "Request Entity Too Large")
        match method:
            case "sendMessage" | "editMessageText" if not 0 < len(text) <= 4096:
                return RefusedError(400, "Bad Request: message text is empty or too long")
            case "editMessageText" | "deleteMessage" if (chat, number) not in self._words:
                return RefusedError(400, "Bad Request: message is not found")
            case "editMessageText" if self._words[chat, number] == text:
                return RefusedError(400, "Bad Request: message is not modified")
        return None


async def _received(request: web.Request) -> dict[str, Any]:
    form: dict[str, Any] = dict(await request.post())
    for name, value in form.items():
        if isinstance(value, web.FileField):
            with value.file as file:
                form[name] = file.read()
    return form
