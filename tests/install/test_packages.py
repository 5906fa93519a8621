"""The packages for Linux, each installed where nothing else is, and used."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from server import __version__
from tests.install.bare_root import SUITES, BareRoot, bare_root
from tests.install.building import NO_SOURCE
from tests.install.frozen import DIST, PROJECT, build_packages, package, smoke, unpacked

pytestmark = [
    pytest.mark.packages,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(os.environ.get("PANECAST_IN_FRESH_ROOT") == "1", reason="packages are tried outside"),
]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="changing the root directory needs root")
CACHES = ("var/cache/", "var/lib/apt/", "var/lib/dpkg/", "var/log/", "tmp/", "proc/", "sys/", "dev/", "run/", "root/")
"""Where purging may leave something: what was known of packages, and what was said."""
MOST_PACKAGES = 30
BROKEN_OFF = """
dpkg -i "$0" >/dev/null 2>&1 &
until [ -e /usr/lib/panecast/panecast.dpkg-new ] || ! kill -0 $!; do :; done
kill -KILL $!
"""


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    build_packages()


class Debian:
    """A bare Debian that packages are installed into."""

    def __init__(self, root: BareRoot) -> None:
        self.root = root
        self.folder = root.folder

    def run(self, *command: str, may_fail: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a command inside to its end."""
        mounted = 'mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"; exec chroot "$0" "$@"'
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", mounted, self.folder, *command],
            env={**self.root.environment, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert may_fail or done.returncode == 0, done.stdout + done.stderr
        return done

    def install(self, *debs: Path, downgrades: bool = False) -> str:
        """Install files as a person does: ``apt install ./FILE``."""
        for deb in debs:
            shutil.copy(deb, self.folder / "tmp" / deb.name)
        options = ["--allow-downgrades"] if downgrades else []
        files = [f"/tmp/{deb.name}" for deb in debs]
        return self.run("apt-get", "install", "-y", "--no-install-recommends", *options, *files).stdout

    def packages(self) -> set[str]:
        """Return the names of what is installed."""
        return set(self.run("dpkg-query", "-W", "-f", "${Package}\n").stdout.split())

    def files(self) -> set[str]:
        """Return all files, but for those that only say what was done."""
        found = (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*"))
        return {name for name in found if not f"{name}/".startswith(CACHES)}


@pytest.fixture(scope="module")
def debian() -> Iterator[Callable[[str], Debian]]:
    """What returns a bare Debian of a suite, which has neither Python nor any window."""
    with ExitStack() as stack:

        def made(suite: str) -> Debian:
            root = stack.enter_context(bare_root(PROJECT / ".cache" / "fresh", suite, "ca-certificates"))
            found = Debian(root)
            found.run("apt-get", "update")
            return found

        yield made


def repacked(deb: Path, version: str, folder: Path) -> Path:
    """Return the package ``deb`` as one of another version, with one file more."""
    tree = folder / "tree"
    subprocess.run(["dpkg-deb", "--raw-extract", deb, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(control.read_text().replace(f"Version: {__version__}\n", f"Version: {version}\n"))
    (tree / "usr/lib/panecast/_internal/of-an-older-version").touch()
    made = folder / f"panecast_{version}_amd64.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", tree, made], check=True)
    return made


@needs_root
@pytest.mark.parametrize("suite", SUITES)
def test_deb_in_a_bare_debian(suite: str, debian: Callable[[str], Debian], tmp_path: Path) -> None:
    system = debian(suite)
    deb, video = package("panecast_V_*.deb"), package("panecast-video_V_*.deb")
    before, files = system.packages(), system.files()

    # An older one first, and over it the new one.
    system.install(repacked(deb, "0.0.9", tmp_path))
    assert len(system.packages() - before) <= MOST_PACKAGES + 1, system.packages() - before
    system.install(deb)
    assert not (system.folder / "usr/lib/panecast/_internal/of-an-older-version").exists()
    assert "sudo apt install ./panecast-video" in system.run("panecast", "doctor", may_fail=True).stdout
    told = smoke("/usr/bin/panecast", options=("--root", str(system.folder)))
    assert "places" in told

    system.install(video)
    told = smoke("/usr/bin/panecast", options=("--root", str(system.folder), "--video"))
    assert "H.264" in told

    others = sorted(system.packages() - before)
    system.run("apt-get", "purge", "-y", *others)
    assert system.packages() == before
    left = {name for name in system.files() - files if "panecast" in name}
    assert left == set()


@needs_root
def test_copy_that_runs_goes_on_while_another_is_installed(debian: Callable[[str], Debian], tmp_path: Path) -> None:
    system = debian(SUITES[0])
    deb = package("panecast_V_*.deb")
    system.install(repacked(deb, "0.0.9", tmp_path))
    with system.root.running("panecast", "serve", "--share", "demo", "--port", "0", "--print-url") as old:
        url = old.wait_for(r"http://\S+", 30)
        system.install(deb)
        fetched = subprocess.run(["curl", "-fsS", f"{url}/api/health"], capture_output=True, check=True).stdout
        assert json.loads(fetched)
        old.send(signal.SIGTERM)
        assert old.wait(10) == 0
        assert "Traceback" not in old.output()

    # Cut off in the middle, and once more.
    shutil.copy(deb, system.folder / "tmp" / deb.name)
    system.run("sh", "-c", BROKEN_OFF, f"/tmp/{deb.name}", may_fail=True)
    system.run("sh", "-c", "dpkg --configure -a; dpkg -i /tmp/" + deb.name)
    assert system.run("panecast", "--version").stdout == f"panecast {__version__}\n"


def test_lintian_has_nothing_to_say() -> None:
    for deb in (package("panecast_V_*.deb"), package("panecast-video_V_*.deb")):
        done = subprocess.run(
            ["lintian", "--allow-root", "--fail-on", "error,warning", deb], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_archive_runs_wherever_it_is_unpacked(tmp_path: Path) -> None:
    folder = unpacked("panecast", tmp_path / "first")
    unpacked("panecast-video", tmp_path / "first")
    far = tmp_path / "Zweiter Ort mit Ümläuten" / ("x" * 120)
    far.parent.mkdir()
    folder.rename(far)

    assert "H.264" in smoke(far / "panecast", options=("--video",))


def test_rpm_has_what_the_deb_has(tmp_path: Path) -> None:
    for name in ("panecast-V-*.rpm", "panecast-video-V-*.rpm"):
        rpm = package(name)
        payload = subprocess.run(["rpm2cpio", rpm], capture_output=True, check=True).stdout
        subprocess.run(["cpio", "-idm", "--quiet"], input=payload, cwd=tmp_path, check=True)

    assert (tmp_path / "usr/share/applications/io.github.panecast.Panecast.desktop").exists()
    assert "H.264" in smoke(tmp_path / "usr/lib/panecast/panecast", options=("--video",))


def test_arch_package_has_what_the_deb_has(tmp_path: Path) -> None:
    subprocess.run(["tar", "--zstd", "-xf", package("panecast-V-*.pkg.tar.zst"), "-C", tmp_path], check=True)

    told = (tmp_path / ".PKGINFO").read_text()
    assert f"pkgver = {__version__}-1" in told
    assert (tmp_path / "usr/bin/panecast").readlink() == Path("../lib/panecast/panecast")


@pytest.mark.parametrize(("name", "options"), [("panecast", ()), ("panecast-video", ("--video",))])
def test_appimage_runs_from_its_file_system(name: str, options: tuple[str, ...], tmp_path: Path) -> None:
    (image,) = (PROJECT / "build/appimage").glob(f"{name}-{__version__}-*.squashfs")
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    subprocess.run(["squashfuse", image, mounted], check=True)
    try:
        smoke(mounted / "AppRun", options=options)
    finally:
        subprocess.run(["umount", mounted], check=True)


def test_two_builds_in_two_folders_are_the_same(tmp_path: Path) -> None:
    names = (
        "panecast-V-linux-*.tar.gz",
        "panecast-video-V-linux-*.tar.gz",
        "panecast_V_*.deb",
        "panecast-video_V_*.deb",
    )
    here = {name: _digest(package(name)) for name in names}
    tree = tmp_path / "another folder"
    shutil.copytree(PROJECT, tree, ignore=NO_SOURCE)
    epoch = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.strip()
    subprocess.run(
        ["sh", "installer/build.sh", "deb", "tar", "--video"],
        cwd=tree,
        env=os.environ | {"SOURCE_DATE_EPOCH": epoch},
        check=True,
        capture_output=True,
    )

    there = {name: _digest(next((tree / "dist").glob(name.replace("V", __version__)))) for name in names}
    assert there == here


def test_digests_beside_the_packages_are_theirs() -> None:
    told = sorted(DIST.glob("*.sha256"))
    assert told
    for file in told:
        digest, name = file.read_text().split()
        assert name == file.name.removesuffix(".sha256")
        assert _digest(DIST / name) == digest


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
