"""The morning page: computed from the history, and drawn for a terminal, for a wiki, for a browser. Pure.

`history` is what goes in, `compute` makes the page of it, `text`, `markdown` and `html` draw it in the words of
`phrases`. Each is imported by its name: no caller needs more than one, and the pages take long to import.
"""
