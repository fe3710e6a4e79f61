"""`python -m workbench.desktop [PROJECT]`."""

import sys

from workbench.desktop.app import main

if __name__ == "__main__":
    sys.exit(main())
