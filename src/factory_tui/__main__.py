"""`python -m factory_tui` is `factory-tui`."""

from factory_tui.cli.main import main

main()
