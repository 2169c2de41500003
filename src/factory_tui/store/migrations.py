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

_FROM_2 = """
ALTER TABLE spec_version ADD COLUMN findings TEXT NOT NULL DEFAULT '[]';
ALTER TABLE spec_version ADD COLUMN template TEXT NOT NULL DEFAULT '';
ALTER TABLE spec_version ADD COLUMN category TEXT;
ALTER TABLE spec_version ADD COLUMN waivers TEXT NOT NULL DEFAULT '[]';
ALTER TABLE spec_version ADD COLUMN rules TEXT;
UPDATE spec_version SET findings = coalesce((
    SELECT findings_json FROM run WHERE run.spec = spec_version.spec AND spec_hash = hash ORDER BY id DESC LIMIT 1
), '[]');
CREATE TABLE call_of_any (
    id INTEGER PRIMARY KEY,
    run TEXT REFERENCES run (run),
    batch TEXT,
    day TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    role TEXT NOT NULL,
    model TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'sent', 'settled', 'presumed', 'released')),
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    amount INTEGER NOT NULL CHECK (amount >= 0),
    usage TEXT,
    opened INTEGER NOT NULL,
    closed INTEGER
) STRICT;
INSERT INTO call_of_any SELECT * FROM call;
DROP TABLE call;
ALTER TABLE call_of_any RENAME TO call;
CREATE INDEX call_of_run ON call (run, attempt, state, amount);
CREATE INDEX call_of_batch ON call (batch, state, amount);
CREATE INDEX call_of_day ON call (day, state, amount);
CREATE INDEX call_open ON call (state) WHERE state IN ('reserved', 'sent');
CREATE TABLE run_constraint (
    run TEXT NOT NULL REFERENCES run (run),
    spec TEXT NOT NULL,
    hash TEXT NOT NULL,
    suite_hash TEXT NOT NULL,
    PRIMARY KEY (run, spec)
) STRICT, WITHOUT ROWID;
CREATE TABLE read_back (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    spec TEXT NOT NULL,
    hash TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;
CREATE INDEX read_back_of_spec ON read_back (spec, id);
"""

_FROM_3 = """
ALTER TABLE run ADD COLUMN twins TEXT NOT NULL DEFAULT '{}';
ALTER TABLE admission ADD COLUMN on_stub TEXT;
ALTER TABLE admission ADD COLUMN tried INTEGER NOT NULL DEFAULT 0;
CREATE TABLE seal (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    run TEXT NOT NULL REFERENCES run (run),
    spec TEXT NOT NULL,
    suite_hash TEXT NOT NULL,
    scenarios TEXT NOT NULL
) STRICT;
CREATE INDEX seal_of_run ON seal (run, id);
CREATE TABLE burn (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    spec TEXT NOT NULL,
    scenario TEXT NOT NULL,
    behaviour TEXT NOT NULL,
    route TEXT NOT NULL,
    why TEXT NOT NULL,
    run TEXT,
    attempt INTEGER
) STRICT;
CREATE INDEX burn_of_behaviour ON burn (behaviour);
CREATE TABLE judgement (
    scenario_hash TEXT NOT NULL,
    output_hash TEXT NOT NULL,
    model TEXT NOT NULL,
    ts INTEGER NOT NULL,
    run TEXT,
    data TEXT NOT NULL,
    PRIMARY KEY (scenario_hash, output_hash, model)
) STRICT, WITHOUT ROWID;
CREATE TABLE mutation (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    spec TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;
CREATE INDEX mutation_of_spec ON mutation (spec, id);
CREATE INDEX result_of_scenario ON scenario_result (scenario, run);
"""

MIGRATIONS: Mapping[int, str] = {1: _FROM_1, 2: _FROM_2, 3: _FROM_3}
"""Schema version → the SQL that leads from it to the next one."""

_IN_MEMORY = "PRAGMA temp_store = MEMORY;"

_1_AS_2 = """
CREATE TEMP VIEW run AS SELECT *, NULL AS question, NULL AS escaped, 0 AS retried, '{}' AS twins
FROM main.run;
CREATE TEMP VIEW failure AS SELECT *, NULL AS reclassified FROM main.failure;
CREATE TEMP TABLE question (id, ts, run, attempt, data, answer, answered);
CREATE TEMP TABLE escaped_defect (run, ts, reason, reverted, failure);
CREATE TEMP TABLE amendment (
    id, ts, state, amendment, recurring, template_before, template_after, decided, reason
);
CREATE TEMP TABLE hold (id, started, until, why, ended);
"""

_2_AS_3 = """
CREATE TEMP VIEW spec_version AS SELECT *, coalesce((
    SELECT findings_json FROM main.run AS bound WHERE bound.spec = main.spec_version.spec
    AND bound.spec_hash = main.spec_version.hash ORDER BY bound.id DESC LIMIT 1
), '[]') AS findings, '' AS template, NULL AS category, '[]' AS waivers, NULL AS rules FROM main.spec_version;
CREATE TEMP TABLE run_constraint (run, spec, hash, suite_hash);
CREATE TEMP TABLE read_back (id, ts, spec, hash, data);
"""

_RUN_2_AS_4 = "CREATE TEMP VIEW run AS SELECT *, '{}' AS twins FROM main.run;"

_3_AS_4 = """
CREATE TEMP VIEW admission AS SELECT *, NULL AS on_stub, 0 AS tried FROM main.admission;
CREATE TEMP TABLE seal (id, ts, run, spec, suite_hash, scenarios);
CREATE TEMP TABLE burn (id, ts, spec, scenario, behaviour, route, why, run, attempt);
CREATE TEMP TABLE judgement (scenario_hash, output_hash, model, ts, run, data);
CREATE TEMP TABLE mutation (id, ts, spec, data);
"""

READ_AS_NEWEST: Mapping[int, str] = {
    1: _IN_MEMORY + _1_AS_2 + _2_AS_3 + _3_AS_4,
    2: _IN_MEMORY + _RUN_2_AS_4 + _2_AS_3 + _3_AS_4,
    3: _IN_MEMORY + _RUN_2_AS_4 + _3_AS_4,
}
"""Schema version → temporary views and tables with which a reader, who may not migrate the file, sees the newest
schema: what an old version does not know is absent."""
