"""The command line: parse, call, print. A command is imported when it is named; see `main`."""
