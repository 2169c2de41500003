-- runs.db: the only truth about what happened. `event` is the append-only stream; the other tables are written in
-- the same transaction as the events they are derived from. Times are microseconds since 1970 in UTC, money is
-- micro-dollars. Counters are kept on the row that a screen shows, so that no screen aggregates events.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO meta (key, value) VALUES ('epoch', 0);

CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    type TEXT NOT NULL,
    batch TEXT,
    run TEXT,
    attempt INTEGER,
    spec TEXT,
    data TEXT NOT NULL
) STRICT;

CREATE INDEX event_of_run ON event (run, seq) WHERE run IS NOT NULL;
CREATE INDEX event_of_engine ON event (seq) WHERE type IN ('engine.started', 'engine.paused', 'engine.resumed');

CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    batch TEXT NOT NULL UNIQUE,
    started INTEGER NOT NULL,
    finished INTEGER,
    cap INTEGER
) STRICT;

CREATE TABLE spec_version (
    spec TEXT NOT NULL,
    hash TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    seen INTEGER NOT NULL,               -- when it first became Ready
    findings TEXT NOT NULL DEFAULT '[]', -- of the validator on this text, as JSON
    template TEXT NOT NULL DEFAULT '',   -- this and the next three are in the text: kept so that no question parses it
    category TEXT,
    waivers TEXT NOT NULL DEFAULT '[]',
    rules TEXT,                          -- id → text as JSON; NULL: recorded by an older version, not parsed yet
    PRIMARY KEY (spec, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL UNIQUE,
    batch TEXT NOT NULL REFERENCES batch (batch),
    spec TEXT NOT NULL,
    spec_hash TEXT NOT NULL,
    title TEXT NOT NULL,
    target TEXT NOT NULL,
    base TEXT NOT NULL,
    priority INTEGER NOT NULL,
    depends_on TEXT NOT NULL,
    profile TEXT NOT NULL,
    model TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    granted INTEGER NOT NULL,            -- attempts that a retry by the operator grants anew
    cap INTEGER,
    run_minutes REAL NOT NULL,
    max_turns INTEGER NOT NULL,
    findings_json TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT NOT NULL DEFAULT '',
    hold TEXT,
    remedy TEXT NOT NULL DEFAULT '',
    attempt INTEGER NOT NULL DEFAULT 0,
    infrastructure_retries INTEGER NOT NULL DEFAULT 0,
    base_commit TEXT,
    image TEXT,
    suite_hash TEXT,                     -- of everything that judges it: constraints that bind joined its suite
    artifact_hash TEXT,
    "commit" TEXT,
    branch TEXT,
    queued INTEGER NOT NULL,
    started INTEGER,
    finished INTEGER,
    cost INTEGER NOT NULL DEFAULT 0,
    turns INTEGER NOT NULL DEFAULT 0,
    scenarios_passed INTEGER NOT NULL DEFAULT 0,
    scenarios_done INTEGER NOT NULL DEFAULT 0,
    scenarios_total INTEGER NOT NULL DEFAULT 0,
    last_action TEXT NOT NULL DEFAULT '',
    question TEXT,                       -- AgentQuestion as JSON: the newest one while nobody has answered it
    escaped TEXT,                        -- why the operator marked it as an escaped defect
    retried INTEGER NOT NULL DEFAULT 0,  -- how often the operator took it up again
    twins TEXT NOT NULL DEFAULT '{}',    -- twin → SHA-256 of its definition, as JSON
    FOREIGN KEY (spec, spec_hash) REFERENCES spec_version (spec, hash)
) STRICT;

CREATE INDEX run_of_batch ON run (batch);
CREATE INDEX run_of_spec ON run (spec, id);
CREATE INDEX run_by_state ON run (state);

CREATE TABLE attempt (
    run TEXT NOT NULL REFERENCES run (run),
    attempt INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 1,    -- an attempt that the environment broke is made again under its number
    started INTEGER NOT NULL,
    finished INTEGER,
    ended TEXT,
    detail TEXT NOT NULL DEFAULT '',
    verdict TEXT,
    charged INTEGER,
    turns INTEGER NOT NULL DEFAULT 0,
    usage TEXT NOT NULL DEFAULT '{}',
    final_text TEXT NOT NULL DEFAULT '',
    evaluation TEXT,                     -- Evaluation as JSON, without its scenarios
    PRIMARY KEY (run, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE turn (
    seq INTEGER PRIMARY KEY REFERENCES event (seq),
    run TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    text TEXT NOT NULL,
    usage TEXT NOT NULL,
    cost INTEGER NOT NULL
) STRICT;

CREATE TABLE tool_call (
    started_seq INTEGER PRIMARY KEY REFERENCES event (seq),
    finished_seq INTEGER REFERENCES event (seq),
    run TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    call_id TEXT NOT NULL,
    name TEXT NOT NULL,
    summary TEXT NOT NULL,
    ok INTEGER,
    seconds REAL,
    output TEXT
) STRICT;

CREATE UNIQUE INDEX tool_call_finished ON tool_call (finished_seq) WHERE finished_seq IS NOT NULL;
CREATE INDEX tool_call_open ON tool_call (run, call_id) WHERE finished_seq IS NULL;

-- The ledger. `amount` is what counts now: the reservation, then the cost, 0 when released. A call that is made for no
-- run (a read-back) has neither run nor batch: it counts for its day.
CREATE TABLE call (
    id INTEGER PRIMARY KEY,
    run TEXT REFERENCES run (run),
    batch TEXT,
    day TEXT NOT NULL,                   -- of the reservation, UTC
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

CREATE INDEX call_of_run ON call (run, attempt, state, amount);
CREATE INDEX call_of_batch ON call (batch, state, amount);
CREATE INDEX call_of_day ON call (day, state, amount);
CREATE INDEX call_open ON call (state) WHERE state IN ('reserved', 'sent');

CREATE TABLE scenario_result (
    run TEXT NOT NULL REFERENCES run (run),
    attempt INTEGER NOT NULL,
    position INTEGER NOT NULL,
    scenario TEXT NOT NULL,
    result TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (run, attempt, scenario)
) STRICT, WITHOUT ROWID;

-- `data` is as it was filed and never changes; `failure_class` and `reclassified` are what holds now, and are changed
-- in the transaction that appends to `reclassification`.
CREATE TABLE failure (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    run TEXT NOT NULL REFERENCES run (run),
    attempt INTEGER NOT NULL,
    spec TEXT NOT NULL,
    failure_class TEXT NOT NULL,
    data TEXT NOT NULL,
    reclassified TEXT                    -- the operator's reason, which may be empty; NULL: the first class stands
) STRICT;

CREATE INDEX failure_by_class ON failure (failure_class, spec);
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
    data TEXT NOT NULL,                  -- AgentQuestion as JSON
    answer TEXT,
    answered INTEGER
) STRICT;

CREATE INDEX question_of_run ON question (run);

CREATE TABLE escaped_defect (
    run TEXT PRIMARY KEY REFERENCES run (run),
    ts INTEGER NOT NULL,
    reason TEXT NOT NULL,
    reverted TEXT,                       -- the commit that takes the work back
    failure INTEGER NOT NULL REFERENCES failure (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE amendment (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'rejected')),
    amendment TEXT NOT NULL,             -- Amendment as JSON
    recurring TEXT NOT NULL,             -- RecurringGroup as JSON
    template_before TEXT NOT NULL,
    template_after TEXT,
    decided INTEGER,
    reason TEXT NOT NULL DEFAULT ''
) STRICT;

-- The provider refuses calls for a while. At most one hold is open.
CREATE TABLE hold (
    id INTEGER PRIMARY KEY,
    started INTEGER NOT NULL,
    until INTEGER,
    why TEXT NOT NULL,
    ended INTEGER
) STRICT;

CREATE UNIQUE INDEX hold_open ON hold (ended IS NULL) WHERE ended IS NULL;

CREATE TABLE disclosure (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    run TEXT NOT NULL REFERENCES run (run),
    attempt INTEGER NOT NULL,
    feedback TEXT NOT NULL
) STRICT;

CREATE TABLE admission (
    scenario_hash TEXT NOT NULL,
    base_commit TEXT NOT NULL,
    image TEXT NOT NULL,
    run TEXT NOT NULL,
    spec TEXT NOT NULL,
    scenario TEXT NOT NULL,
    expected TEXT NOT NULL,
    observed TEXT NOT NULL,
    admitted INTEGER NOT NULL,
    reason TEXT NOT NULL,
    ts INTEGER NOT NULL,
    on_stub TEXT,                        -- result on a stub build; NULL: the base settled it, or an older version tried
    tried INTEGER NOT NULL DEFAULT 0,    -- 1: on base and stub; rows of older versions know the base only
    PRIMARY KEY (scenario_hash, base_commit, image)
) STRICT, WITHOUT ROWID;

CREATE TABLE container (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    role TEXT NOT NULL,
    created INTEGER NOT NULL,
    gone INTEGER,
    reaped INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX container_open ON container (id) WHERE gone IS NULL;

-- What a run took along from specs that hold for every run of its target: which version, proven by which scenarios.
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
    data TEXT NOT NULL                   -- ReadBack as JSON
) STRICT;

CREATE INDEX read_back_of_spec ON read_back (spec, id);

-- A suite as it was when its run was queued. A run that is queued again is sealed again.
CREATE TABLE seal (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    run TEXT NOT NULL REFERENCES run (run),
    spec TEXT NOT NULL,
    suite_hash TEXT NOT NULL,
    scenarios TEXT NOT NULL              -- [[id, hash], …] as JSON
) STRICT;

CREATE INDEX seal_of_run ON seal (run, id);

-- Scenarios whose text reached an agent; every row is a disclosure.
CREATE TABLE burn (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    spec TEXT NOT NULL,
    scenario TEXT NOT NULL,
    behaviour TEXT NOT NULL,             -- SHA-256 of what it does and expects
    route TEXT NOT NULL,
    why TEXT NOT NULL,
    run TEXT,
    attempt INTEGER
) STRICT;

CREATE INDEX burn_of_behaviour ON burn (behaviour);

-- Same rubric and same output: same judgement, and nothing paid twice.
CREATE TABLE judgement (
    scenario_hash TEXT NOT NULL,
    output_hash TEXT NOT NULL,           -- SHA-256 of what the steps showed
    model TEXT NOT NULL,
    ts INTEGER NOT NULL,
    run TEXT,
    data TEXT NOT NULL,                  -- Judgement as JSON
    PRIMARY KEY (scenario_hash, output_hash, model)
) STRICT, WITHOUT ROWID;

CREATE TABLE mutation (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    spec TEXT NOT NULL,
    data TEXT NOT NULL                   -- MutationReport as JSON
) STRICT;

CREATE INDEX mutation_of_spec ON mutation (spec, id);
CREATE INDEX result_of_scenario ON scenario_result (scenario, run);
