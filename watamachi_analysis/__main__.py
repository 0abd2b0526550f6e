"""Run the command line with `python -m watamachi_analysis`."""

from .cli import main

if __name__ == "__main__":
    main()
