"""Tries the built wheel as a stranger meets it: in a clean environment, away from the source."""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

SDIST_HOLDS = (
    ".ci/run",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "docs/index.md",
    "examples/notebook.ipynb",
    "examples/photos/SOURCES.md",
    "mkdocs.yml",
    "nemovideo/py.typed",
    "scripts/check_wheel.py",
    "tests/edges/test_house.py",
    "tests/recordings/silent_edit.sse",
)
IMPORTED = """
import nemovideo, pathlib
package = pathlib.Path(nemovideo.__file__).resolve().parent
print(package)
assert (package / "py.typed").is_file(), "py.typed is missing"
"""


def main(folder: Path) -> None:
    """Check the one sdist and the one wheel of a folder; exit with a sentence where one fails."""
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    check_sdist(sdist)
    with tempfile.TemporaryDirectory() as temporary:
        environment = Path(temporary) / "venv"
        venv.create(environment, with_pip=True)
        scripts = environment / ("Scripts" if os.name == "nt" else "bin")
        check_without_extras(scripts, wheel, environment)
        check_with_cli(scripts, wheel)
        check_with_all(scripts, wheel, photos_of(sdist, Path(temporary)))


def check_sdist(sdist: Path) -> None:
    """A packager can test and document the project from the sdist alone."""
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    missing = [name for name in SDIST_HOLDS if name not in names]
    require(not missing, f"{sdist.name} lacks {', '.join(missing)}")
    print(f"{sdist.name}: {len(names)} files, with tests, docs and examples")


def check_without_extras(scripts: Path, wheel: Path, environment: Path) -> None:
    """The core imports and is typed, and its command names the extra that it needs."""
    install(scripts, str(wheel))
    imported = run(scripts / "python", "-I", "-c", IMPORTED)
    require(imported.returncode == 0, f"the wheel does not import:\n{imported.stderr}")
    package = Path(imported.stdout.strip())
    installed = package.is_relative_to(environment.resolve())
    require(installed, f"imported from {package}, not from the wheel")
    shown = run(scripts / "nemovideo", "--help")
    lines = (shown.stdout + shown.stderr).splitlines()
    one_line = len(lines) == 1 and "nemovideo[cli]" in lines[0]
    require(one_line, f"without extras, --help must be one line naming nemovideo[cli], not {lines}")
    require(shown.returncode == 2, f"without extras, --help exits {shown.returncode}, not 2")
    print(f"{wheel.name}: imports, has py.typed, names nemovideo[cli]")


def check_with_cli(scripts: Path, wheel: Path) -> None:
    """With the `cli` extra, `--help` is the help."""
    install(scripts, f"nemovideo[cli] @ {wheel.as_uri()}")
    shown = run(scripts / "nemovideo", "--help")
    require(shown.returncode == 0, f"with [cli], --help exits {shown.returncode}:\n{shown.stderr}")
    require("make" in shown.stdout, f"with [cli], --help does not list `make`:\n{shown.stdout}")
    offline = run(scripts / "nemovideo", "make", "a.jpg", "-p", "x", "-o", "x.mp4", "--emulator")
    told = offline.returncode == 2 and "nemovideo[local]" in offline.stderr
    require(told, f"without the emulator extra, --emulator does not name it:\n{offline.stderr}")
    examined = run(scripts / "nemovideo", "doctor", "--emulator")
    told = examined.returncode == 1 and "nemovideo[local]" in examined.stdout
    quiet = not examined.stderr
    require(told and quiet, f"without the emulator extra, doctor must name it:\n{examined}")
    print(f"{wheel.name}[cli]: --help is the help, --emulator and doctor name its extra")


def photos_of(sdist: Path, folder: Path) -> list[Path]:
    """Take two photos out of the sdist, one of which needs the `heic` extra."""
    names = ("cat.jpg", "sample.heic")
    with tarfile.open(sdist) as archive:
        for member in archive.getmembers():
            if member.name.endswith(tuple(f"/examples/photos/{name}" for name in names)):
                member.name = Path(member.name).name
                archive.extract(member, folder, filter="data")
    return [folder / name for name in names]


def check_with_all(scripts: Path, wheel: Path, photos: list[Path]) -> None:
    """With the `all` extra, photos become a video offline, and nothing is left to complain of."""
    install(scripts, f"nemovideo[all] @ {wheel.as_uri()}")
    video = photos[0].with_suffix(".mp4")
    wish = ("--prompt", "a 2-second slideshow", "--output", video, "--emulator", "--json")
    made = run(scripts / "nemovideo", "make", *photos, *wish)
    require(made.returncode == 0, f"with [all], make exits {made.returncode}:\n{made.stderr}")
    told = json.loads(made.stdout)
    whole = b"moov" in video.read_bytes()
    require(whole and told["duration"] == 2, f"with [all], make made no 2-second MP4:\n{told}")
    examined = run(scripts / "nemovideo", "doctor", "--emulator")
    require(examined.returncode == 0, f"with [all], doctor complains:\n{examined.stdout}")
    print(f"{wheel.name}[all]: two photos, HEIC among them, become {video.stat().st_size} bytes")


def install(scripts: Path, requirement: str) -> None:
    """Install into the clean environment; pip says what went wrong."""
    installed = run(
        scripts / "python", "-m", "pip", "install", "--quiet", "--no-input", requirement
    )
    require(installed.returncode == 0, f"pip could not install {requirement}:\n{installed.stderr}")


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command outside the source tree, without a terminal, and without a memory."""
    with tempfile.TemporaryDirectory() as elsewhere:
        return subprocess.run(
            command,
            cwd=elsewhere,
            env=clean_environ() | {"TMPDIR": elsewhere},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


def clean_environ() -> dict[str, str]:
    """The environment without what could lead Python back into the source tree."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return kept | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def require(holds: bool, complaint: str) -> None:  # noqa: FBT001 - reads like assert
    """Stop with a sentence unless something holds."""
    if not holds:
        sys.exit(f"check_wheel: {complaint}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
