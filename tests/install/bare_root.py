"""A bare Debian system in a folder, and a way to run commands in it.

It gets the host's way to the outside (package sources, name resolution, certificates, pip's settings),
and nothing else of the host.
"""

import configparser
import contextlib
import hashlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

SUITES = ("bookworm", "trixie")
"""The first is the host's own."""
PACKAGES = "python3,git,ca-certificates"
# Older package lists are likely to name files that the mirrors have replaced.
ARCHIVE_DAYS = 7

CERTIFICATE_VARIABLES = (
    "PIP_CERT",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "NODE_EXTRA_CA_CERTS",
)
PASSED_ON = re.compile(r"(PIP_\w+|npm_config_\w+|https?_proxy|no_proxy|ftp_proxy)", re.IGNORECASE)
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def debian_sources(folder: Path, suite: str) -> list[Path]:
    """Copy those of the host's package sources that belong to its suite, made over to ``suite``; name the files."""
    own = SUITES[0]
    suites = {own, f"{own}-updates", f"{own}-security"}
    lines: list[str] = []
    paragraphs: list[str] = []
    apt = Path("/etc/apt")
    for file in [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.list"))]:
        if file.exists():
            for line in file.read_text().splitlines():
                entry = re.match(r"deb\s+(?:\[.*?\]\s+)?\S+\s+(\S+)", line)
                if entry and entry[1] in suites:
                    lines.append(line)
    for file in sorted((apt / "sources.list.d").glob("*.sources")):
        for paragraph in re.split(r"\n\s*\n", file.read_text()):
            named = re.search(r"^Suites:(.*)$", paragraph, re.MULTILINE)
            if named and set(named[1].split()) <= suites:
                paragraphs.append(paragraph.strip())
    files = []
    for name, entries, between in (("host.list", lines, "\n"), ("host.sources", paragraphs, "\n\n")):
        if entries:
            file = folder / f"{suite}-{name}"
            file.write_text(between.join(entries).replace(own, suite) + "\n")
            files.append(file)
    return files


def apt_ways() -> list[str]:
    """Tell how apt reaches its sources here, such as by a proxy."""
    settings = subprocess.run(["apt-config", "dump"], check=True, capture_output=True, text=True).stdout
    return [line for line in settings.splitlines() if re.match(r"Acquire::https?::", line)]


def make_archive(cache: Path, suite: str, packages: str) -> Path:
    """Bootstrap the system, or take the one bootstrapped lately."""
    cache.mkdir(parents=True, exist_ok=True)
    sources = debian_sources(cache, suite)
    said = "".join([suite, packages, "unsafe-io", *apt_ways(), *(file.read_text() for file in sources)])
    archive = cache / f"root-{hashlib.sha256(said.encode()).hexdigest()[:12]}.tar"
    if archive.exists() and time.time() - archive.stat().st_mtime < ARCHIVE_DAYS * 86400:
        return archive
    unfinished = archive.with_suffix(".part.tar")
    # Nobody needs this disk after a power cut, so there is no need to wait for it.
    options = ["--dpkgopt=force-unsafe-io", *(f"--aptopt={line}" for line in apt_ways())]
    options += ["--quiet", "--variant=minbase", f"--include={packages}"]
    subprocess.run(["mmdebstrap", *options, suite, unfinished, *sources], check=True)
    unfinished.rename(archive)
    return archive


def points_into_host(value: str) -> bool:
    """Tell whether a setting names a place on the host's disk, which the bare system lacks."""
    return any(word.startswith(("/", "file:", "~")) for word in value.split())


def pip_settings() -> str:
    """Return pip's settings as they count on the host, without local places."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
    ).stdout
    settings = configparser.RawConfigParser()
    for key, quoted in re.findall(r"^([\w.-]+)='(.*)'$", listed, re.MULTILINE):
        section, _, option = key.partition(".")
        value = quoted.encode().decode("unicode_escape")
        if section == ":env:" or points_into_host(value):
            continue  # the environment is passed on as such
        if not settings.has_section(section):
            settings.add_section(section)
        settings.set(section, option, value.replace("\n", " "))
    text = io.StringIO()
    settings.write(text)
    return text.getvalue()


class BareRoot:
    """The system in its folder. Whoever made it removes the folder."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.folder = folder
        self._scratch = scratch
        self.environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "PANECAST_IN_FRESH_ROOT": "1",
        }
        self._bring_ways_out()

    def _bring_ways_out(self) -> None:
        for file in (Path("/etc/resolv.conf"), Path("/etc/hosts"), CERTIFICATES):
            self._copy_in(file)
        (self.folder / "etc/pip.conf").write_text(pip_settings())
        for name, value in os.environ.items():
            if name in CERTIFICATE_VARIABLES and Path(value).is_file():
                self._copy_in(Path(value))
                self.environment[name] = value
            elif PASSED_ON.fullmatch(name) and not points_into_host(value):
                self.environment[name] = value

    def _copy_in(self, file: Path) -> None:
        if file.exists():
            inside = self.folder / file.relative_to("/")
            inside.parent.mkdir(parents=True, exist_ok=True)
            inside.unlink(missing_ok=True)
            shutil.copyfile(file, inside)

    def clone(self, repository: Path, inside: str) -> None:
        """Clone what is committed in a repository of the host."""
        subprocess.run(
            ["git", "clone", "--quiet", "--depth=1", repository.as_uri(), self.folder / inside.lstrip("/")],
            check=True,
        )

    @contextlib.contextmanager
    def running(self, *command: str) -> Iterator["RunningCommand"]:
        """Run a command inside; on leaving, every process that it left is ended."""
        left = self._scratch / "left.txt"
        log = self._scratch / "output.txt"
        left.unlink(missing_ok=True)
        enter = Path(__file__).with_name("enter_root.py")
        in_namespace = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*in_namespace, sys.executable, "-I", enter, self.folder, left, *command],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        with process:
            try:
                yield RunningCommand(process, log, left)
            finally:
                # Takes the first process of the namespace along, and that one takes all others.
                process.kill()


class RunningCommand:
    """A command that runs in the bare system."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, left: Path) -> None:
        self._process = process
        self._log = log
        self._left = left

    def output(self) -> str:
        """Return what it has written so far."""
        return self._log.read_text(errors="replace")

    def wait_for(self, pattern: str, timeout: float) -> str:
        """Wait until it writes something, and return that."""
        deadline = time.monotonic() + timeout
        while True:
            ended = self._process.poll() is not None
            found = re.search(pattern, self.output())
            if found:
                return found[0]
            assert not ended, f"it ended with {self._process.returncode} and wrote:\n{self.output()}"
            assert time.monotonic() < deadline, f"no {pattern} within {timeout} s, but:\n{self.output()}"
            time.sleep(0.1)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the command itself, not to its children."""
        (first,) = psutil.Process(self._process.pid).children()
        first.send_signal(number)

    def wait(self, timeout: float) -> int:
        """Wait for its end and return its status."""
        return self._process.wait(timeout)

    def left_processes(self) -> list[str]:
        """Name the processes that it left running, once it has ended."""
        return self._left.read_text().splitlines()


@contextlib.contextmanager
def bare_root(cache: Path, suite: str = SUITES[0], packages: str = PACKAGES) -> Iterator[BareRoot]:
    """Unpack a bare system of ``suite`` with ``packages`` in it, and remove it afterwards."""
    archive = make_archive(cache, suite, packages)
    # Not pytest's own temporary folders: those are kept for three runs, and this one is large.
    with tempfile.TemporaryDirectory(dir=cache, prefix="run-") as name:
        folder = Path(name) / "root"
        folder.mkdir()
        subprocess.run(["tar", "-xf", archive, "--exclude=./dev/*", "-C", folder], check=True)
        yield BareRoot(folder, Path(name))
