"""`python -m shizi`: the command line."""

from shizi.cli import main

if __name__ == "__main__":
    main()
