"""Runs the tests under each supported Python that this machine has: `try_pythons.py [PYTEST ..]`.

The versions are those of the classifiers in pyproject.toml. One that is not there is left out, and
said so; environments are kept under .venv/pythons.
"""

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENVIRONMENTS = ROOT / ".venv" / "pythons"


def main(arguments: list[str]) -> None:
    """Test under one version after the other; exit with the versions that failed."""
    failed = []
    for version in supported():
        python = interpreter(version)
        if python is None:
            print(f"{version}: not found, left out")
            continue
        began = time.monotonic()
        exact, passed = tested(environment(python, version), arguments)
        print(f"{exact}: {'passed' if passed else 'FAILED'} in {time.monotonic() - began:.0f} s")
        failed += [] if passed else [version]
    if failed:
        sys.exit(f"try_pythons: failed under {', '.join(failed)}")


def supported() -> Iterator[str]:
    """Give the versions that the package says it supports."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for classifier in project["classifiers"]:
        if found := re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", classifier):
            yield found[1]


def interpreter(version: str) -> str | None:
    """Find a Python by its name, which must also run: a shim of pyenv may lead nowhere."""
    candidates = [shutil.which(f"python{version}"), from_pyenv(version)]
    return next((path for path in candidates if path and is_version(path, version)), None)


def from_pyenv(version: str) -> str | None:
    """Ask pyenv, which hides the versions that are not chosen."""
    pyenv = shutil.which("pyenv")
    if pyenv is None:
        return None
    shown = output(pyenv, "prefix", version)
    return str(Path(shown) / "bin" / "python") if shown else None


def is_version(path: str, version: str) -> bool:
    """Whether it runs, and is what its name says."""
    return output(path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])") == version


def output(*command: str) -> str:
    """Give what a command prints, nothing where it fails or cannot be run."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""


def environment(python: str, version: str) -> Path:
    """Make the environment of a version, or bring it up to date; give its Python."""
    place = ENVIRONMENTS / version
    inside = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not is_version(str(inside), version):
        subprocess.run([python, "-m", "venv", "--clear", str(place)], check=True)
    pip = [str(inside), "-m", "pip", "install", "--quiet", "--no-input"]
    subprocess.run([*pip, "--disable-pip-version-check", "--editable", f"{ROOT}[test]"], check=True)
    return inside


def tested(python: Path, arguments: list[str]) -> tuple[str, bool]:
    """Run the tests; give the exact version, and whether they passed."""
    exact = output(str(python), "-c", "import platform; print(platform.python_version())")
    print(f"{exact}: pytest {' '.join(arguments)}", flush=True)
    ran = subprocess.run([str(python), "-m", "pytest", *arguments], cwd=ROOT, check=False)
    return exact, ran.returncode == 0


if __name__ == "__main__":
    main(sys.argv[1:])
