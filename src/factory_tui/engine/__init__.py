"""The engine: one process for each workspace. Read `workstream` first.

Others start it (`python -m factory_tui.engine`) and speak to it through `factory_tui.control`; only `standalone`, which
judges without an engine, is called by the command line.
"""
