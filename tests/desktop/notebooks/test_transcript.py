"""What messages become, without a kernel."""

import json
from pathlib import Path
from typing import Any

from workbench.desktop.notebooks.ansi import AnsiStyle, overwrite, pieces, plain
from workbench.desktop.notebooks.history import InputHistory
from workbench.desktop.notebooks.htmltable import read_table
from workbench.desktop.notebooks.transcript import MAX_ENTRIES, MAX_LINES, RESTARTED, Transcript, read_record


def message(kind: str, number: int, parent: str = "p", **content: Any) -> dict[str, Any]:
    return {
        "header": {"msg_type": kind, "msg_id": f"m{number}"},
        "parent_header": {"msg_id": parent, "msg_type": "execute_request"},
        "content": content,
    }


def printed(number: int, text: str, parent: str = "p") -> dict[str, Any]:
    return message("stream", number, parent, name="stdout", text=text)


def test_that_a_message_that_came_twice_is_shown_once() -> None:
    transcript = Transcript()
    assert transcript.feed(printed(1, "a\n")) == 0
    assert transcript.feed(printed(1, "a\n")) is None
    transcript.feed(printed(2, "b\n"))
    assert [entry.text for entry in transcript.entries] == ["a\nb\n"]


def test_that_a_long_stream_keeps_its_end_and_counts_what_went() -> None:
    transcript = Transcript()
    for number in range(50):
        transcript.feed(printed(number, "".join(f"{number * 100 + line}\n" for line in range(100))))
    entry = transcript.entries[0]
    lines = entry.text.splitlines()
    assert lines[-1] == "4999"
    assert MAX_LINES <= len(lines) <= MAX_LINES * 1.3
    assert lines[0] == str(entry.first_line)


def test_that_a_long_line_is_shortened_with_a_sentence() -> None:
    transcript = Transcript()
    transcript.feed(printed(1, "x" * 100_000 + "\nend\n"))
    assert len(transcript.entries[0].text) < 5000
    assert "96,000 more characters" in transcript.entries[0].text
    assert transcript.entries[0].text.endswith("\nend\n")


def test_that_a_progress_bar_shows_its_last_state() -> None:
    transcript = Transcript()
    for number, text in enumerate(("start\n", "\r 10 %", "\r 20 %", "\r100 %\r", "done\n")):
        transcript.feed(printed(number, text))
    assert transcript.entries[0].text == "start\ndone\n"
    assert overwrite("a\rb\r\nc") == "b\nc"


def test_that_many_entries_drop_the_oldest_with_a_sentence() -> None:
    transcript = Transcript()
    for number in range(MAX_ENTRIES + 1):
        transcript.feed(message("execute_input", number, f"p{number}", code="1", execution_count=number + 1))
    assert len(transcript.entries) < MAX_ENTRIES
    assert "not shown" in transcript.entries[0].text


def test_that_completions_do_not_make_a_console_busy() -> None:
    transcript = Transcript()
    transcript.feed(message("status", 1, execution_state="busy"))
    assert transcript.busy
    other = message("status", 2, execution_state="idle")
    other["parent_header"]["msg_type"] = "complete_request"
    transcript.feed(other)
    assert transcript.busy


def test_that_clear_output_waits_for_the_next_output() -> None:
    transcript = Transcript()
    transcript.feed(printed(1, "one"))
    assert transcript.feed(message("clear_output", 2, wait=True)) is None
    assert transcript.entries[0].text == "one"
    transcript.feed(printed(3, "two"))
    assert [entry.text for entry in transcript.entries] == ["two"]


def test_that_an_updated_display_takes_the_place_of_the_old_one() -> None:
    transcript = Transcript()
    shown: dict[str, Any] = {"data": {"text/plain": "one"}, "transient": {"display_id": "d"}}
    transcript.feed(message("display_data", 1, "p", **shown))
    transcript.feed(printed(2, "between"))
    shown = {"data": {"text/plain": "two"}, "transient": {"display_id": "d"}}
    assert transcript.feed(message("update_display_data", 3, "p", **shown)) == 0
    assert [entry.text for entry in transcript.entries] == ["two", "between"]


def test_that_a_record_with_a_torn_line_and_a_restart_is_read(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    messages = [
        message("execute_input", 1, "a", code="x = 1", execution_count=5),
        message("execute_input", 2, "b", code="x", execution_count=1),
    ]
    path.write_text("".join(json.dumps(one) + "\n" for one in messages) + '{"header": {"msg', "utf-8")
    transcript = read_record(str(path))
    assert [entry.text for entry in transcript.entries] == ["x = 1", RESTARTED, "x"]
    assert transcript.count == 1
    assert not read_record(str(tmp_path / "nowhere")).entries


def test_that_ansi_codes_become_styles_and_never_text() -> None:
    text = "\x1b[31mred\x1b[1;32m bold\x1b[0m plain\x1b[38;5;12mx\x1b[2K\x1b[38;2;1;2;3my"
    assert plain(text) == "redbold plainxy".replace("red", "red ", 1)
    found = list(pieces(text))
    assert found[0] == ("red", AnsiStyle(colour=1))
    assert found[1][1] == AnsiStyle(colour=2, bold=True)
    assert found[2] == (" plain", AnsiStyle())


def test_that_html_without_a_table_is_none_and_scripts_are_dropped() -> None:
    assert read_table("<p>no</p>") is None
    table = read_table("<table><tr><th>a</th></tr><tr><td>1<script>alert(1)</script></td></tr></table>")
    assert table is not None
    assert table.rows == [["a"], ["1"]]


def test_that_the_history_keeps_the_unfinished_input() -> None:
    history = InputHistory()
    history.add("a")
    history.add("b")
    assert [history.older("draft"), history.older("b"), history.older("a")] == ["b", "a", None]
    assert [history.newer(), history.newer(), history.newer()] == ["b", "draft", None]
