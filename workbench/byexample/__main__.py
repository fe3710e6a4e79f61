"""`python -m workbench.byexample`: derive, split, profile, rename and look at text files, by example.

Every command reads a text file (CSV and its kin, fixed width, JSON, plain lines: the format is found out) or, for `-`, what is
piped in. Bad input gives one sentence on stderr and the exit code 2.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from workbench.base.errors import UserError, WorkbenchError
from workbench.byexample import commands
from workbench.byexample.printing import LANGUAGES

BAD_INPUT = 2

_DERIVE = """\
The file has the input columns and one output column. Rows whose output is filled are the examples; the others are to be filled
in. Without an option the learned program is said in English.

  python -m workbench.byexample derive names.csv --output initials --fill done.csv
  python -m workbench.byexample derive names.csv --output initials --print sql
  python -m workbench.byexample derive names.csv --save program.json
  python -m workbench.byexample derive more.csv --program program.json --fill done.csv
"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{message[:1].upper()}{message[1:]}. See {self.prog} --help.\n")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    raw = argparse.RawDescriptionHelpFormatter
    top = _Parser(prog="python -m workbench.byexample", description=__doc__, formatter_class=raw)
    subparsers = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    derive = subparsers.add_parser("derive", help="learn a column from examples", description=_DERIVE, formatter_class=raw)
    derive.set_defaults(run=commands.derive)
    derive.add_argument("--output", metavar="COLUMN", help="the output column (usually the last one)")
    derive.add_argument("--print", dest="language", choices=LANGUAGES, help="print the program so")
    derive.add_argument("--fill", metavar="OUT", help="write the file with the output filled in (- for stdout)")
    derive.add_argument("--save", metavar="PROGRAM", help="write the learned program, as JSON")
    derive.add_argument("--no-header", action="store_true", help="the first row has no names: the columns are Column1 ...")
    derive.add_argument("--program", metavar="PROGRAM", help="apply a saved program rather than learn one")

    split = subparsers.add_parser("split", help="split a column into fields, with or without examples")
    split.set_defaults(run=commands.split)
    split.add_argument("--column", help="the column (usually the first one)")
    split.add_argument(
        "--parts", nargs="+", default=[], metavar="COLUMN", help="columns that hold the parts of some rows: examples"
    )
    split.add_argument("--delimiter", action="append", default=[], help="split wherever this stands; may be given again")
    split.add_argument("--keep-delimiters", action="store_true", help="keep the delimiters as parts of their own")
    split.add_argument("--print", dest="language", choices=("english", "python", "json"), help="print the splitter so")
    split.add_argument("--fill", metavar="OUT", help="write the file with the parts as columns (- for stdout)")

    profile = subparsers.add_parser("profile", help="patterns, likely types and outliers of the columns")
    profile.set_defaults(run=commands.profile)
    profile.add_argument("--column", action="append", default=[], help="only this column; may be given again")
    profile.add_argument("--json", action="store_true", help="print JSON")

    format_ = subparsers.add_parser("format", help="how the file is to be read")
    format_.set_defaults(run=commands.format_)
    format_.add_argument("--json", action="store_true", help="print JSON")

    rename = subparsers.add_parser("rename", help="rename all columns after one or two examples")
    rename.set_defaults(run=commands.rename)
    rename.add_argument("--json", action="store_true", help="print JSON")
    rename.add_argument("--fill", metavar="OUT", help="write the file with the new names (- for stdout)")

    for command in (split, profile):
        command.add_argument("--lines", action="store_true", help="the file is one column: each line is a value, none is the name")
    for command in (derive, split, profile, format_, rename):
        command.add_argument("file", help="the text file, or - for stdin")
    rename.add_argument("examples", nargs="+", metavar="OLD=NEW", help="a column and its new name")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = parser().parse_args(arguments)
    try:
        options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except WorkbenchError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT if isinstance(error, UserError) else int(error.exit_code)
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
