"""factory-tui: the terminal control room of a dark software factory."""

__version__ = "0.4.0"
