"""The morning page: computed from the history, and drawn for a terminal, for a wiki, for a browser. Pure."""
