"""Foreign specs → drafts: text is placed under the best question, what is missing stays missing."""

from factory_tui.specs.importing.sources import SOURCES, Imported, ImportRefused, Source, read_source

__all__ = ["SOURCES", "ImportRefused", "Imported", "Source", "read_source"]
