"""Runs and supervises one job on the machine it runs on. Standard library only, Python 3.8 or newer, Linux or macOS.

A program by itself: `COMMAND FOLDER ...`; the answer is one line of JSON on stdout. It is sent to other machines as one file (see
`workbench.jobs.drivers.supervised.archive`), so its modules import one another and the standard library alone. In the job's
folder it keeps

- `lock`: held as long as the supervisor lives, so that a job is never started twice;
- `status.json`: written anew every two seconds and at the end: state, exit code, what the job uses;
- `log/<stdout>-<stderr>`: what the script writes, as frames (`o` or `e`, four bytes of length, the bytes), in parts that are named
  by how much of either stream came before them.
"""
