"""Uploads: photos, clips and sounds come to a session."""

import logging
from collections.abc import Iterable, Sequence
from functools import partial

import attrs

from nemovideo.errors import InputError, ServerError
from nemovideo.models import Progress, Session, UploadedFile
from nemovideo.net.deadlines import within
from nemovideo.net.outbox import Outbox
from nemovideo.net.progress import OnProgress, Reporter
from nemovideo.net.sources import Media, Source, prepared, require_media
from nemovideo.net.transport import Transport
from nemovideo.wire import replies, requests
from nemovideo.wire.requests import identify

__all__ = ["Uploads"]

_log = logging.getLogger("nemovideo")


@attrs.frozen
class Uploads:
    """`nemo.uploads`: files from this disk or from the web."""

    _transport: Transport = attrs.field(repr=False)
    _outbox: Outbox = attrs.field(factory=Outbox, init=False, repr=False)

    async def files(
        self,
        session: Session | str,
        files: Media | Iterable[Media | Source],
        *,
        on_progress: OnProgress | None = None,
        timeout: float | None = None,
    ) -> list[UploadedFile]:
        """Send files in one request, in constant memory.

        The type is told by the first bytes, not by the name. HEIC becomes JPEG on the way, with
        the `heic` extra. Above 200 MB, the stated limit, a remark is logged and the service
        decides. A file that this client sent to the same session before is not sent again: the
        answer of that time is given.

        Args:
            session: A session or its id.
            files: Paths, bytes, open binary files, async iterators of bytes or PIL images, or
                one of them alone. An open file is sent from where it stands and stays open; what
                can be read only once is copied to a temporary file first; a PIL image becomes
                JPEG, or PNG where it is transparent.
            on_progress: Gets `Progress` with `stage` `upload` and `unit` `bytes`.
            timeout: Seconds for everything; by default it may take as long as it moves.

        Returns:
            What the service took, in the same order.

        Raises:
            InputError: No file was given, something that is none, or no id of a session.
            MediaError: A file is missing, empty, unreadable or of an unknown type.
            UnsupportedFileError: The service does not accept a file.
            FileTooLargeError: A file is above the service's limit.
            ServerError: The service took fewer files than were sent.
            SessionNotFoundError: The service knows no such session for this account.
            APIError: The service refused otherwise.
            TransportError: The network failed.

        Example:
            ```python
            taken = await nemo.uploads.files(session, ["beach.jpg", "market.jpg"])
            print([file.filename for file in taken])
            ```
        """
        async with (
            Reporter(on_progress) as reporter,
            within(timeout, "The upload"),
            prepared(require_media(files)) as sources,
        ):
            return await self._sent_once(identify(session), sources, reporter)

    async def _sent_once(
        self, session_id: str, sources: list[Source], reporter: Reporter
    ) -> list[UploadedFile]:
        """Send what the session does not have, and give all in the order of the sources."""
        taken = [await self._outbox.find(session_id, source) for source in sources]
        missing = [index for index, file in enumerate(taken) if file is None]
        if missing:
            chosen = [sources[index] for index in missing]
            sent = await self._send(session_id, chosen, reporter)
            for index, file in zip(missing, sent, strict=True):
                if len(missing) == 1 or file.filename == sources[index].name:
                    await self._outbox.note(session_id, sources[index], file)
                taken[index] = file
        return [file for file in taken if file is not None]

    async def _send(
        self, session_id: str, sources: list[Source], reporter: Reporter
    ) -> list[UploadedFile]:
        _mention_large(sources)
        data = await self._transport.call(
            requests.upload_files(session_id),
            sources=sources,
            on_sent=partial(_report, reporter, sum(source.size for source in sources)),
        )
        taken = _all_of(replies.uploaded_files(data), len(sources))
        return _in_order([source.name for source in sources], taken)

    async def urls(self, session: Session | str, urls: str | Sequence[str]) -> list[UploadedFile]:
        """Have the service fetch files from the web itself.

        Args:
            session: A session or its id.
            urls: Addresses that the service can reach, or one of them alone.

        Returns:
            What the service took.

        Raises:
            InputError: No address was given, or no id of a session.
            ServerError: The service took fewer files than were named.
            UnsupportedFileError: The service does not accept what it found there.
            SessionNotFoundError: The service knows no such session for this account.
            APIError: The service refused otherwise.
            TransportError: The network failed.

        Example:
            ```python
            taken = await nemo.uploads.urls(session, "https://example.com/beach.jpg")
            ```
        """
        addresses = [urls] if isinstance(urls, str) else list(urls)
        if not addresses:
            raise InputError("No address was given.", hint="Give at least one.")
        data = await self._transport.call(requests.upload_urls(session, addresses))
        return _all_of(replies.uploaded_files(data), len(addresses))


def _all_of(taken: list[UploadedFile], count: int) -> list[UploadedFile]:
    """Refuse to go on with less than was sent: the next message would pay for a part."""
    if len(taken) < count:
        names = ", ".join(file.filename for file in taken) or "none of them"
        raise ServerError(
            f"The service took {len(taken)} of {count} files: {names}.",
            status=200,
            delivered="yes",
            hint="Send the others again.",
        )
    return taken


def _in_order(names: list[str], taken: list[UploadedFile]) -> list[UploadedFile]:
    """Give the answer in the order of what was sent; a service may list it in its own, or more."""
    by_name = {file.filename: file for file in taken}
    if len(set(names)) == len(names) and by_name.keys() >= set(names):
        return [by_name[name] for name in names]
    return taken[-len(names) :]


def _report(reporter: Reporter, total: int, sent: int) -> None:
    reporter.report(Progress("upload", sent, total, "bytes"))


def _mention_large(sources: Iterable[Source]) -> None:
    for source in sources:
        if source.is_large:
            _log.warning("%s is above the stated limit of 200 MB.", source.name)
