"""`python -m medgym`: the command line."""

from medgym.cli import main

if __name__ == "__main__":
    main()
