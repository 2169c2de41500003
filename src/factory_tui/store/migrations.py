"""How the schema came to be what it is: the SQL from each version to the next, and an old file as it is read."""

from collections.abc import Mapping

_FROM_1 = """
CREATE INDEX event_of_engine ON event (seq) WHERE type IN ('engine.started', 'engine.paused', 'engine.resumed');
ALTER TABLE run ADD COLUMN question TEXT;
ALTER TABLE run ADD COLUMN escaped TEXT;
ALTER TABLE run ADD COLUMN retried INTEGER NOT NULL DEFAULT 0;
UPDATE run SET retried = (
    SELECT count(*) FROM event WHERE event.run = run.run AND type = 'run.queued'
    AND data LIKE '%"from":"held"%' AND data LIKE '%"why":"retried by the operator"%'
);
ALTER TABLE failure ADD COLUMN reclassified TEXT;
DROP INDEX failure_of_run;
CREATE INDEX failure_of_run ON failure (run, failure_class);
CREATE INDEX failure_since ON failure (ts);
CREATE TABLE reclassification (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    failure INTEGER NOT NULL REFERENCES failure (id),
    failure_class TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE TABLE question (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    run TEXT NOT NULL REFERENCES run (run),
    attempt INTEGER NOT NULL,
    data TEXT NOT NULL,
    answer TEXT,
    answered INTEGER
) STRICT;
CREATE INDEX question_of_run ON question (run);
CREATE TABLE escaped_defect (
    run TEXT PRIMARY KEY REFERENCES run (run),
    ts INTEGER NOT NULL,
    reason TEXT NOT NULL,
    reverted TEXT,
    failure INTEGER NOT NULL REFERENCES failure (id)
) STRICT, WITHOUT ROWID;
CREATE TABLE amendment (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'rejected')),
    amendment TEXT NOT NULL,
    recurring TEXT NOT NULL,
    template_before TEXT NOT NULL,
    template_after TEXT,
    decided INTEGER,
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE hold (
    id INTEGER PRIMARY KEY,
    started INTEGER NOT NULL,
    until INTEGER,
    why TEXT NOT NULL,
    ended INTEGER
) STRICT;
CREATE UNIQUE INDEX hold_open ON hold (ended IS NULL) WHERE ended IS NULL;
"""

MIGRATIONS: Mapping[int, str] = {1: _FROM_1}
"""Schema version → the SQL that leads from it to the next one."""

_1_AS_NEWEST = """
PRAGMA temp_store = MEMORY;
CREATE TEMP VIEW run AS SELECT *, NULL AS question, NULL AS escaped, 0 AS retried FROM main.run;
CREATE TEMP VIEW failure AS SELECT *, NULL AS reclassified FROM main.failure;
CREATE TEMP TABLE question (id, ts, run, attempt, data, answer, answered);
CREATE TEMP TABLE escaped_defect (run, ts, reason, reverted, failure);
CREATE TEMP TABLE amendment (
    id, ts, state, amendment, recurring, template_before, template_after, decided, reason
);
CREATE TEMP TABLE hold (id, started, until, why, ended);
"""

READ_AS_NEWEST: Mapping[int, str] = {1: _1_AS_NEWEST}
"""Schema version → temporary views and tables with which a reader, who may not migrate the file, sees the newest
schema: what an old version does not know is absent."""
