"""The agent as a program."""

import sys

from workbench.jobs.drivers.supervised.agent.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
