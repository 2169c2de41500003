"""The door between the screens and the world: views to show, commands to give, news of changes.

Screens know this Protocol only, one file for each noun of it. `live.LiveSource` reads files, the database and the
engine; the tests bring their own, and both pass the same contract.
"""

from factory_tui.tui.source.changes import EVERYTHING, Change, Topic
from factory_tui.tui.source.deciding import ChangedSpecs, RefusedChange, SpecChange
from factory_tui.tui.source.editing import Draft, Exemplar, SpecText
from factory_tui.tui.source.errors import SourceError, SpecChanged
from factory_tui.tui.source.learning import AmendmentView, LessonsView
from factory_tui.tui.source.reading_back import ReadBackView
from factory_tui.tui.source.running import BatchPlan, Queued
from factory_tui.tui.source.source import Source
from factory_tui.tui.source.views import BoardView

__all__ = [
    "EVERYTHING",
    "AmendmentView",
    "BatchPlan",
    "BoardView",
    "Change",
    "ChangedSpecs",
    "Draft",
    "Exemplar",
    "LessonsView",
    "Queued",
    "ReadBackView",
    "RefusedChange",
    "Source",
    "SourceError",
    "SpecChange",
    "SpecChanged",
    "SpecText",
    "Topic",
]
