"""Scores `workbench.byexample.splitting.learn_split` on tasks of splitting a column.

    uv run python -m tests.benchmarks.byexample.split_score PATH [--only REGEX] [--show-failures N] [--out FILE]

A task is a line of JSON: {"id", "rows": [{"input": [text], "output": [part or null, ...]}, ...]}. The output of a row holds its
fields and the delimiters between them, in order, as a reference program keeps them; nulls only say that the row does not conform.

A task is solved when one of these holds for all rows at once (null and "" are equal):

- *kept*: what we give with `keep_delimiters` is the whole output, part by part;
- *fields*: what we give without is the output without its delimiters. The output does not say which of its parts these are: they
  are taken to be the positions that hold no letter and no digit in any row and something in at least one, and that have no other
  such position just before.

A row without parts in the reference must give none, and a row with parts must give them. Nothing is trimmed or shifted, and no
surplus part is accepted. "blanks aside" also counts the tasks that fail but in blanks at the ends of parts (in aligned text it is a
matter of taste to which column padding belongs); it is not part of the score.

With one example: the first row that conforms is given, with its whole output. It learns from the inputs of all rows in both cases.
"""

import argparse
import json
import re
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.byexample.splitting import Splitter, learn_split

Row = tuple[str, ...]


def plain(row: Sequence[str | None]) -> Row:
    """The parts, null as ""."""
    return tuple(part or "" for part in row)


def delimiters_of(outputs: Sequence[Row]) -> set[int]:
    """The positions of delimiters in outputs, as the docstring of the module says."""
    found: set[int] = set()
    for position in range(len(outputs[0]) if outputs else 0):
        column = [row[position] for row in outputs]
        if any(column) and not any(map(str.isalnum, "".join(column))) and position - 1 not in found:
            found.add(position)
    return found


def agreeing(splitter: Splitter | None, inputs: Sequence[str | None], outputs: Sequence[Row], *, trimmed: bool = False) -> bool:
    """Whether the splitter gives the outputs, with or without the delimiters."""
    if splitter is None:
        return False

    def same(got: Row, wanted: Row) -> bool:
        if not any(wanted) or not any(got):
            return any(wanted) == any(got)
        return [part.strip() for part in got] == [part.strip() for part in wanted] if trimmed else got == wanted

    kept = Splitter(splitter.plan, keep_delimiters=True)
    if all(same(plain(kept.run(text)), output) for text, output in zip(inputs, outputs, strict=True)):
        return True
    delimiters = delimiters_of(outputs)
    fields = Splitter(splitter.plan)
    bare = [tuple(part for i, part in enumerate(output) if i not in delimiters) for output in outputs]
    return all(same(plain(fields.run(text)), output) for text, output in zip(inputs, bare, strict=True))


def score(task: dict[str, Any]) -> dict[str, Any]:
    """The results of a task without an example and with one."""
    inputs = [row["input"][0] for row in task["rows"]]
    outputs = [plain(row["output"]) for row in task["rows"]]
    first = next(i for i, output in enumerate(outputs) if any(output))
    record: dict[str, Any] = {"id": task["id"], "rows": len(inputs)}
    for name, examples in (("none", ()), ("one", ((inputs[first], outputs[first]),))):
        started = time.perf_counter()
        learned = learn_split(inputs, examples)
        record[name] = {
            "seconds": time.perf_counter() - started,
            "solved": agreeing(learned.splitter, inputs, outputs),
            "aside": agreeing(learned.splitter, inputs, outputs, trimmed=True),
            "explanation": learned.explanation,
            "got": [Splitter(learned.splitter.plan, keep_delimiters=True).run(text) for text in inputs[:5]]
            if learned.splitter
            else [],
        }
    return record


def main() -> int:
    """Writes the score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--show-failures", type=int, default=0, metavar="N")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    tasks = [json.loads(line) for line in args.tasks.read_text("utf8").splitlines()]
    records = [score(task) for task in tasks if re.search(args.only, task["id"])]
    for name, title in (("none", "without example"), ("one", "with one example")):
        solved, aside = (sum(record[name][key] for record in records) for key in ("solved", "aside"))
        times = sorted(1000 * record[name]["seconds"] for record in records)
        share = 100 * solved / (len(records) or 1)
        speed = f"learn p50 {statistics.median(times):.0f} ms, max {times[-1]:.0f} ms"
        sys.stdout.write(f"{title}: {solved}/{len(records)} = {share:.1f} %   (blanks aside: {aside})   {speed}\n")
        for record in [record for record in records if not record[name]["solved"]][: args.show_failures]:
            sys.stdout.write(f"- {record['id']} ({record['rows']} rows): {record[name]['explanation']}\n")
            rows = next(task["rows"] for task in tasks if task["id"] == record["id"])
            for got, row in list(zip(record[name]["got"], rows, strict=False))[:3]:
                sys.stdout.write(f"    {list(got)}\n    {row['output']}\n")
    if args.out:
        args.out.write_text("".join(json.dumps(record) + "\n" for record in records), "utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
