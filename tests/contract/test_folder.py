"""What only the store over a folder can show: its disk, its leftovers, its names."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from mllab.errors import BackendFailed, Conflict, InvalidInput
from mllab.stores.files import Files

WRITERS = Path(__file__).parent.parent / "support" / "writers.py"
MIB = 1024 * 1024


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@pytest.fixture
def place(tmp_path: Path) -> Files:
    return Files(tmp_path.as_uri())


async def test_a_file_lies_under_its_own_name(place: Files, tmp_path: Path) -> None:
    await place.write("p/datasets/news 1#2.csv", chunks(b"x"))
    path = place.local_path("p/datasets/news 1#2.csv")
    assert path == tmp_path / "p/datasets/news 1#2.csv"
    assert await asyncio.to_thread(path.read_bytes) == b"x"


def test_memory_has_no_local_path() -> None:
    assert Files("memory://").local_path("a") is None


async def test_kill_9_in_mid_write_leaves_nothing_to_be_seen(place: Files, tmp_path: Path) -> None:
    await place.write("a/file", chunks(b"before"))
    command = [sys.executable, str(WRITERS), "file", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:  # noqa: ASYNC220
        assert child.stdout is not None
        assert child.stdout.readline() == "half\n"
        child.kill()
    assert [each.size_bytes async for each in place.list()] == [6]
    assert await place.sweep(timedelta(hours=1)) == 0
    assert await place.sweep(timedelta(0)) == 1
    assert await place.sweep(timedelta(0)) == 0
    assert [each.key async for each in place.list()] == ["a/file"]


async def test_a_sweep_leaves_a_running_write_alone(place: Files) -> None:
    async def swept() -> AsyncIterator[bytes]:
        yield b"x" * 9 * MIB
        assert await place.sweep(timedelta(minutes=1)) == 0
        yield b"y"

    assert (await place.write("a", swept())).size_bytes == 9 * MIB + 1


def write_on_a_full_disk(folder: Path, limits: str) -> str:
    """Write 20 MiB in a process under `limits`; return the error and what then lies there."""
    script = f"""
        import asyncio, os, resource, signal
        from mllab.errors import LabError
        from mllab.stores.files import Files
        {limits}
        async def chunks():
            for _ in range(20):
                yield b"x" * 2**20
        async def main():
            files = Files({folder.as_uri()!r})
            try:
                await files.write("a/b", chunks())
            except LabError as exc:
                print(type(exc).__name__)
            print([each.key async for each in files.list()], os.listdir({str(folder)!r}))
            print(os.listdir({str(folder / ".partial")!r}))
        asyncio.run(main())
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_file_that_no_longer_fits_is_storage_full(tmp_path: Path) -> None:
    limits = (
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2**20 * 9, 2**20 * 9))"
    )
    assert write_on_a_full_disk(tmp_path, limits) == "StorageFull\n[] ['.partial']\n[]\n"


@pytest.mark.external
def test_a_full_disk_is_storage_full(tmp_path: Path) -> None:
    mounted = "mount -t tmpfs -o size=9m tmpfs " + str(tmp_path)
    probe = ["unshare", "--mount", "--map-root-user", "sh", "-c", f'{mounted} && exec "$@"', "sh"]
    if subprocess.run([*probe, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets no test mount a small disk")
    script = (
        "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path; "
        "from test_folder import write_on_a_full_disk; "
        "print(write_on_a_full_disk(Path(sys.argv[1]), ''), end='')"
    )
    here = str(Path(__file__).parent)
    command = [*probe, sys.executable, "-c", script, str(tmp_path), here]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "StorageFull\n[] ['.partial']\n[]\n"


async def test_a_key_below_a_file_or_over_a_folder_is_a_conflict(place: Files) -> None:
    await place.write("a/b", chunks(b"x"))
    for key in ("a", "a/b/c", "a/b/c/d"):
        with pytest.raises(Conflict, match="folder"):
            await place.write(key, chunks(b"y"))
    assert [each.key async for each in place.list()] == ["a/b"]
    assert await place.sweep(timedelta(0)) == 0


async def test_a_name_too_long_for_the_disk_is_bad_input(place: Files) -> None:
    with pytest.raises(InvalidInput, match="too long"):
        await place.write("a/" + "n" * 300, chunks(b"x"))
    with pytest.raises(InvalidInput, match="too long"):
        await place.stat("n" * 300)


@pytest.mark.parametrize("key", [".partial", ".partial/a"])
async def test_the_folder_of_partial_files_is_no_key(place: Files, key: str) -> None:
    with pytest.raises(InvalidInput, match="partial"):
        await place.write(key, chunks(b"x"))
    with pytest.raises(InvalidInput, match="partial"):
        await place.delete_folder(key)


async def test_a_delete_leaves_no_empty_folders(place: Files, tmp_path: Path) -> None:
    await place.write("a/b/c/d", chunks(b"x"))
    await place.write("a/e", chunks(b"x"))
    await place.delete("a/b/c/d")
    assert os.listdir(tmp_path / "a") == ["e"]
    await place.delete_folder("a")
    assert os.listdir(tmp_path) == [".partial"]


async def test_links_and_other_things_are_no_objects(place: Files, tmp_path: Path) -> None:
    await place.write("a/b", chunks(b"x"))
    (tmp_path / "a" / "link").symlink_to("/etc")
    os.mkfifo(tmp_path / "a" / "fifo")
    assert [each.key async for each in place.list()] == ["a/b"]
    assert await place.stat("a/link") is None


async def test_a_folder_that_cannot_be_written_is_told(place: Files, tmp_path: Path) -> None:
    (tmp_path / ".partial").rmdir()
    (tmp_path / ".partial").touch()
    with pytest.raises(BackendFailed, match="permissions"):
        await place.write("a", chunks(b"x"))
    with pytest.raises(BackendFailed, match="permissions"):
        Files(tmp_path.as_uri())


def test_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    script = f"""
        import asyncio, resource
        from mllab.stores.files import Files
        def peak_kib():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        async def chunks():
            for _ in range(4000):
                yield bytes(65536)
        async def main():
            files = Files({tmp_path.as_uri()!r})
            before = peak_kib()
            await files.write("a", chunks())
            async for _ in files.read("a"):
                pass
            print((peak_kib() - before) // 1024)
        asyncio.run(main())
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 40
