"""The ``seminar`` command for tests: what the console script calls, with any subcommand."""

from bot.__main__ import main

if __name__ == "__main__":
    main()
