"""`python -m workbench.desktop [PROJECT]`."""

from workbench.desktop.app import main

if __name__ == "__main__":
    main()
