"""Files that are written: whole or not at all, private where they hold secrets."""

import contextlib
import hashlib
import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from nemovideo.errors import ConfigurationError
from nemovideo.net.locks import is_still, try_lock

__all__ = ["absolute", "check_target", "is_whole_mp4", "own_part", "write_private"]


def write_private(path: Path, content: str) -> None:
    """Write a file that only its owner can read; readers see the old content or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def check_target(path: Path, sources: Iterable[object] = ()) -> None:
    """Make sure that a file can be written there, before anything is paid for.

    Args:
        path: The file to write.
        sources: What it is made of; the paths among it must not be overwritten.

    Raises:
        ConfigurationError: The folder does not exist or cannot be written, or `path` is there
            and no file, or is one of the sources.
    """
    try:
        if any(_is_file(path, source) for source in sources):
            hint = "Name another file for the result."
            raise ConfigurationError(f"{path} is one of the files that are sent.", hint=hint)
        if path.exists() and not path.is_file():
            kind = "a folder" if path.is_dir() else "no file"
            hint = "Name a file, such as video.mp4."
            raise ConfigurationError(f"{path} is {kind}.", hint=hint)
        if not path.parent.is_dir():
            raise ConfigurationError(f"There is no folder {path.parent}.", hint="Make it first.")
        trial = _part_of(path, secrets.token_hex(4))
        trial.touch(exist_ok=False)
        trial.unlink()
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(
            f"{path} cannot be written: {reason}.", hint="Choose another place."
        ) from error


def _is_file(path: Path, source: object) -> bool:
    if not isinstance(source, str | os.PathLike):
        return False
    return path.exists() and Path(source).exists() and path.samefile(source)


def absolute(path: Path) -> str:
    """Spell out a path: whoever goes on with it may be in another folder."""
    return str(path.absolute())


@contextlib.contextmanager
def own_part(path: Path, content: str) -> Iterator[Path]:
    """Give the place, beside the target, for a file that is not whole yet.

    It is the same for the same content, so that what a process left that was killed is gone on
    with; while somebody else writes there, it is another. Leaving the block removes what is left.

    Args:
        path: The target.
        content: Names what is to come.
    """
    part = _part_of(path, hashlib.sha256(content.encode()).hexdigest()[:8])
    with contextlib.ExitStack() as stack:
        if not _is_free(part, stack):
            part = _part_of(path, secrets.token_hex(4))
        stack.callback(part.unlink, missing_ok=True)
        yield part


def _is_free(part: Path, stack: contextlib.ExitStack) -> bool:
    """Lock a part as long as the stack lasts."""
    if sys.platform == "win32":
        return False  # there a file that is locked or open can be neither written nor renamed
    file = stack.enter_context(part.open("ab"))
    return try_lock(file) and is_still(part, file)


def _part_of(path: Path, mark: str) -> Path:
    name = path.name.encode()[:200].decode("utf-8", "ignore")  # names are limited in bytes
    return path.resolve().with_name(f"{name}.{mark}.part")


def is_whole_mp4(path: Path) -> bool:
    """Tell whether the boxes of an MP4 fill the file and its index is there (ISO 14496-12)."""
    kinds = set()
    if not path.exists():
        return False
    with path.open("rb") as file:
        end, position = file.seek(0, os.SEEK_END), 0
        while position + 8 <= end:
            file.seek(position)
            header = file.read(16)
            size = int.from_bytes(header[:4], "big")
            if size == 1:
                size = int.from_bytes(header[8:16], "big")
            kinds.add(header[4:8])
            if size == 0:
                position = end
            elif size < 8:
                return False
            position += size
    return position == end and {b"ftyp", b"moov", b"mdat"} <= kinds
