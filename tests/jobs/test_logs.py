"""A job's log: streams apart and merged, kept to its limit, without secrets, taken up where it was committed."""

from pathlib import Path

import pytest

from workbench.base.masking import MASK, Masker
from workbench.jobs.cappedfile import CappedFile, capped_size, tail
from workbench.jobs.folder import RunFolder
from workbench.jobs.joblog import JobLog
from workbench.jobs.logs import read_chunk


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


def _whole(path: Path, limit: int = 1000, offset: int = 0) -> str:
    """As a reader gets it, part by part."""
    text = ""
    while True:
        chunk = read_chunk(path, offset, limit, ended=True)
        text, offset = text + chunk.text, chunk.next
        if chunk.complete:
            return text


def test_that_a_log_within_its_limit_is_one_plain_file(tmp_path: Path) -> None:
    file = CappedFile(tmp_path / "log.txt", 10_000)
    for number in range(100):
        file.append(f"line {number}\n".encode())
    file.close()
    assert [path.name for path in tmp_path.iterdir()] == ["log.txt"]
    assert (tmp_path / "log.txt").read_text() == "".join(f"line {number}\n" for number in range(100))


def test_that_of_a_log_above_its_limit_head_and_tail_stay_and_the_gap_is_told_exactly(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    file = CappedFile(path, 10_000)
    lines = [f"line {number:06d}\n" for number in range(10_000)]
    for line in lines:
        file.append(line.encode())
    file.close()
    assert sum(one.stat().st_size for one in tmp_path.iterdir()) < 11_000
    read = _whole(path).splitlines(keepends=True)
    (gap,) = [number for number, line in enumerate(read) if line.startswith("...")]
    assert read[:gap] == lines[:gap]
    assert read[gap + 1 :] == lines[-len(read[gap + 1 :]) :]
    left_out = len(lines) - (len(read) - 1)
    assert read[gap] == f"... {left_out:,} lines ({left_out * 12 / 1e6:,.1f} MB) left out ...\n"
    assert len(read[:gap]) * 12 > 4_000
    assert len(read[gap + 1 :]) * 12 > 3_000
    assert capped_size(path) == len(lines) * 12
    assert tail(path, 24).decode() == "".join(lines[-2:])
    assert tail(path, 3_000).decode() == "".join(lines)[-3_000:]


def test_that_the_offset_of_a_reader_who_follows_stays_valid(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    file = CappedFile(path, 4_000)
    offset, seen = 0, ""
    for number in range(5_000):
        file.append(f"line {number:06d}\n".encode())
        if number % 40 == 0:
            chunk = read_chunk(path, offset, 10_000, ended=False)
            seen, offset = seen + chunk.text, chunk.next
    file.close()
    seen += _whole(path, offset=offset)
    read = [line for line in seen.splitlines() if line.startswith("line")]
    assert read == [f"line {number:06d}" for number in range(5_000)], "whoever reads along misses nothing"
    assert read_chunk(path, -24, 100, ended=True).text == "line 004998\nline 004999\n"
    middle = read_chunk(path, 30_000, 100, ended=True)
    assert middle.text.startswith("... ")
    assert "left out" in middle.text
    assert middle.next > 30_000


def test_that_a_second_writer_goes_on_where_the_first_stopped(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    for begin in range(0, 2_000, 100):
        file = CappedFile(path, 4_000)
        for number in range(begin, begin + 100):
            file.append(f"line {number:06d}\n".encode())
        file.close()
    assert capped_size(path) == 24_000
    read = _whole(path).splitlines()
    assert read[-1] == "line 001999"
    left_out = 2_000 - (len(read) - 1)
    assert [line for line in read if line.startswith("...")] == [f"... {left_out:,} lines ({left_out * 12:,} bytes) left out ..."]


@pytest.mark.parametrize("limit", [4_000, 1_000_000])
def test_that_a_log_that_is_taken_up_has_each_line_once(folder: RunFolder, limit: int) -> None:
    sent = "".join(f"line {number:06d}\n" for number in range(3_000)).encode()
    position = 0
    for killed_after in (100, 5_000, 5_001, 17_000, len(sent)):
        log = JobLog(folder, limit=limit)
        position = log.received("stdout")
        while position < killed_after:
            log.write("stdout", sent[position : position + 777])
            position = log.received("stdout")
            if position % 2:
                log.commit()
        if killed_after == len(sent):
            log.close()
        for file in (log._merged, *log._files.values()):  # a killed one flushes nothing
            file.close()
    lines = [line for line in _whole(folder.log).splitlines() if line.startswith("line")]
    expected = [f"line {number:06d}" for number in range(3_000)]
    assert lines == expected if limit > 40_000 else (lines[:50] == expected[:50] and lines[-50:] == expected[-50:])
    assert _whole(folder.stdout) == _whole(folder.log)


def test_that_lines_of_two_streams_are_never_mixed(folder: RunFolder) -> None:
    log = JobLog(folder)
    log.write("stdout", b"one ")
    log.write("stderr", b"error\n")
    log.write("stdout", b"line\nnext ")
    log.say("Ours.")
    log.write("stdout", b"end")
    log.close()
    assert folder.log.read_text() == "error\none line\n[workbench] Ours.\nnext end"
    assert folder.stdout.read_text() == "one line\nnext end"
    assert folder.stderr.read_text() == "error\n"


def test_that_a_line_of_ours_begins_anew_after_a_line_without_an_end(folder: RunFolder) -> None:
    log = JobLog(folder)
    log.write("stdout", b"no end")
    log.flush()
    log.say("Finished.")
    log.close()
    assert folder.log.read_text() == "no end\n[workbench] Finished.\n"


def test_that_a_progress_bar_shows_before_its_line_ends(folder: RunFolder) -> None:
    log = JobLog(folder)
    log.write("stderr", b"\r 10%\r 20%\r 30%")
    assert folder.stderr.read_bytes() == b"\r 10%\r 20%\r"
    log.write("stderr", b"\r\n")
    log.close()
    assert folder.stderr.read_bytes() == b"\r 10%\r 20%\r 30%\r\n"


def test_that_a_secret_is_in_no_file_however_it_arrives(folder: RunFolder) -> None:
    log = JobLog(folder, masker=Masker(["s3cret-value"]))
    for piece in (b"the s3cr", b"et-value and gr\xff", "ße\n".encode(), b"x" * 200_000 + b"s3cret-value"):
        log.write("stdout", piece)
    log.write("stdout", b"\n" + b"y" * (70_000 - 1024 - 6) + b"s3cret-value" + b"y" * (1024 - 6))  # right where it is cut
    log.say("It is s3cret-value.")
    log.close()
    for path in (folder.log, folder.stdout):
        assert b"s3cret-value" not in path.read_bytes()
        assert f"the {MASK} and gr".encode() in path.read_bytes()
        assert path.read_bytes().count(MASK.encode()) >= 3
    assert folder.stdout.read_bytes().count(b"x") == 200_000


def test_that_a_full_disk_is_said_once_there_is_room(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    log = JobLog(folder)
    log.write("stdout", b"before\n")

    def full(_self: CappedFile, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as no_room:
        no_room.setattr(CappedFile, "append", full)
        log.write("stdout", b"one\ntwo\n")
    log.write("stdout", b"after\n")
    log.close()
    assert folder.log.read_text() == "before\n[workbench] 2 lines could not be written here: the disk was full.\nafter\n"
