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
from nemovideo.net.sources import Media, Source, as_list, prepared
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
                JPEG, or PNG where something shines through.
            on_progress: Gets `Progress` with `stage` `upload` and `unit` `bytes`.
            timeout: Seconds for everything; by default it may take as long as it moves.

        Returns:
            What the service took, in the same order.

        Raises:
            InputError: No file was given, or something that is none.
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
            within(timeout, "The upload"),
            prepared(as_list(files)) as sources,
            Reporter(on_progress) as reporter,
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
            for index, file in zip(
                missing, await self._send(session_id, chosen, reporter), strict=True
            ):
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
        return _all_of(replies.uploaded_files(data), len(sources))

    async def urls(self, session: Session | str, urls: str | Sequence[str]) -> list[UploadedFile]:
        """Have the service fetch files from the web itself.

        Args:
            session: A session or its id.
            urls: Addresses that the service can reach, or one of them alone.

        Raises:
            InputError: No address was given.
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


def _report(reporter: Reporter, total: int, sent: int) -> None:
    reporter.report(Progress("upload", sent, total, "bytes"))


def _mention_large(sources: Iterable[Source]) -> None:
    for source in sources:
        if source.is_large:
            _log.warning("%s is above the stated limit of 200 MB.", source.name)
