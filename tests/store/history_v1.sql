-- A history as schema 1 wrote it.
BEGIN TRANSACTION;
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
    PRIMARY KEY (scenario_hash, base_commit, image)
) STRICT, WITHOUT ROWID;
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
INSERT INTO "attempt" VALUES('r1',1,1,1795273034403734,1795273034410415,'done','','pass',1,1,'{"input":10,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}','Done.',NULL);
INSERT INTO "attempt" VALUES('r2',1,1,1795273034414083,1795273034422200,'done','','fail',1,1,'{"input":10,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}','Done.',NULL);
CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    batch TEXT NOT NULL UNIQUE,
    started INTEGER NOT NULL,
    finished INTEGER,
    cap INTEGER
) STRICT;
INSERT INTO "batch" VALUES(1,'b1',1795273034396511,1795273034423136,5000000);
INSERT INTO "batch" VALUES(2,'b2',1795273034399928,NULL,5000000);
CREATE TABLE call (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL REFERENCES run (run),
    batch TEXT NOT NULL,
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
INSERT INTO "call" VALUES(1,'r1','b1','2026-11-21',1,'build','m','settled',1000,500,'{"input":10,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}',1795273034404975,1795273034406316);
INSERT INTO "call" VALUES(2,'r2','b1','2026-11-21',1,'build','m','settled',1000,500,'{"input":10,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}',1795273034415138,1795273034416195);
CREATE TABLE container (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    role TEXT NOT NULL,
    created INTEGER NOT NULL,
    gone INTEGER,
    reaped INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE disclosure (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    run TEXT NOT NULL REFERENCES run (run),
    attempt INTEGER NOT NULL,
    feedback TEXT NOT NULL
) STRICT;
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
INSERT INTO "event" VALUES(1,1795273034396511,'batch.started','b1',NULL,NULL,NULL,'{"cap_usd":5.0}');
INSERT INTO "event" VALUES(2,1795273034398378,'run.queued','b1','r1',NULL,'bank','{"title":"The bank","spec_hash":"h1","priority":2,"depends_on":[],"profile":"default","model":"","attempts":1,"cap_usd":2.0}');
INSERT INTO "event" VALUES(3,1795273034399255,'run.queued','b1','r2',NULL,'todo','{"title":"The todo","spec_hash":"h1","priority":2,"depends_on":[],"profile":"default","model":"","attempts":1,"cap_usd":2.0}');
INSERT INTO "event" VALUES(4,1795273034399928,'batch.started','b2',NULL,NULL,NULL,'{"cap_usd":5.0}');
INSERT INTO "event" VALUES(5,1795273034400430,'run.queued','b2','r3',NULL,'bank','{"title":"The bank","spec_hash":"h1","priority":2,"depends_on":[],"profile":"default","model":"","attempts":1,"cap_usd":2.0}');
INSERT INTO "event" VALUES(6,1795273034400986,'run.queued','b2','r4',NULL,'late','{"title":"The late","spec_hash":"h1","priority":2,"depends_on":[],"profile":"default","model":"","attempts":1,"cap_usd":2.0}');
INSERT INTO "event" VALUES(7,1795273034403070,'run.preparing','b1','r1',NULL,'bank','{"from":"queued"}');
INSERT INTO "event" VALUES(8,1795273034403734,'attempt.started','b1','r1',1,'bank','{}');
INSERT INTO "event" VALUES(9,1795273034404396,'run.building','b1','r1',1,'bank','{"from":"preparing"}');
INSERT INTO "event" VALUES(10,1795273034407021,'turn.finished','b1','r1',1,'bank','{"turn":1,"text":"Looking.","usage":{},"cost_usd":0.0005}');
INSERT INTO "event" VALUES(11,1795273034407584,'tool.started','b1','r1',1,'bank','{"turn":1,"call":"c1","name":"bash","summary":"ls"}');
INSERT INTO "event" VALUES(12,1795273034408084,'tool.finished','b1','r1',1,'bank','{"turn":1,"call":"c1","name":"bash","ok":true,"seconds":0.1}');
INSERT INTO "event" VALUES(13,1795273034408827,'run.collecting','b1','r1',1,'bank','{"from":"building"}');
INSERT INTO "event" VALUES(14,1795273034409331,'run.evaluating','b1','r1',1,'bank','{"from":"collecting"}');
INSERT INTO "event" VALUES(15,1795273034409841,'scenario.finished','b1','r1',1,'bank','{"scenario":"one","result":"pass","covers":["R1"],"layer":"gate","trials":1,"seconds":0.5,"done":1,"total":1}');
INSERT INTO "event" VALUES(16,1795273034410415,'attempt.finished','b1','r1',1,'bank','{"end":"done","verdict":"pass","charged":true,"detail":"","turns":1,"cost_usd":5e-06}');
INSERT INTO "event" VALUES(17,1795273034411002,'run.shipping','b1','r1',1,'bank','{"from":"evaluating"}');
INSERT INTO "event" VALUES(18,1795273034411500,'run.shipped','b1','r1',1,'bank','{"from":"shipping"}');
INSERT INTO "event" VALUES(19,1795273034412041,'run.held','b1','r2',NULL,'todo','{"from":"queued","why":"no scenarios","hold":"no-scenarios","remedy":"write one"}');
INSERT INTO "event" VALUES(20,1795273034412546,'run.queued','b1','r2',NULL,'todo','{"from":"held","why":"retried by the operator"}');
INSERT INTO "event" VALUES(21,1795273034413549,'run.preparing','b1','r2',NULL,'todo','{"from":"queued"}');
INSERT INTO "event" VALUES(22,1795273034414083,'attempt.started','b1','r2',1,'todo','{}');
INSERT INTO "event" VALUES(23,1795273034414616,'run.building','b1','r2',1,'todo','{"from":"preparing"}');
INSERT INTO "event" VALUES(24,1795273034416811,'turn.finished','b1','r2',1,'todo','{"turn":1,"text":"Looking.","usage":{},"cost_usd":0.0005}');
INSERT INTO "event" VALUES(25,1795273034417336,'tool.started','b1','r2',1,'todo','{"turn":1,"call":"c1","name":"bash","summary":"ls"}');
INSERT INTO "event" VALUES(26,1795273034417858,'tool.finished','b1','r2',1,'todo','{"turn":1,"call":"c1","name":"bash","ok":true,"seconds":0.1}');
INSERT INTO "event" VALUES(27,1795273034418327,'run.collecting','b1','r2',1,'todo','{"from":"building"}');
INSERT INTO "event" VALUES(28,1795273034418801,'run.evaluating','b1','r2',1,'todo','{"from":"collecting"}');
INSERT INTO "event" VALUES(29,1795273034419321,'scenario.finished','b1','r2',1,'todo','{"scenario":"one","result":"fail","covers":["R1"],"layer":"gate","trials":1,"seconds":0.5,"done":1,"total":2}');
INSERT INTO "event" VALUES(30,1795273034419876,'scenario.finished','b1','r2',1,'todo','{"scenario":"two","result":"pass","covers":["R1"],"layer":"gate","trials":1,"seconds":0.5,"done":2,"total":2}');
INSERT INTO "event" VALUES(31,1795273034421566,'failure.recorded','b1','r2',1,'todo','{"failure":1,"class":"INCOMPLETE","layer":"agent","scenario":null,"rules":[],"cause":"half"}');
INSERT INTO "event" VALUES(32,1795273034421566,'failure.recorded','b1','r2',1,'todo','{"failure":2,"class":"DISOBEYED","layer":"agent","scenario":"one","rules":["R1"],"cause":"not so"}');
INSERT INTO "event" VALUES(33,1795273034422200,'attempt.finished','b1','r2',1,'todo','{"end":"done","verdict":"fail","charged":true,"detail":"","turns":1,"cost_usd":5e-06}');
INSERT INTO "event" VALUES(34,1795273034422680,'run.failed','b1','r2',1,'todo','{"from":"evaluating","why":"INCOMPLETE: half","remedy":"retry r2"}');
INSERT INTO "event" VALUES(35,1795273034423136,'batch.finished','b1',NULL,NULL,NULL,'{"runs":{"failed":1,"shipped":1},"cost_usd":0.001}');
INSERT INTO "event" VALUES(36,1795273034423675,'run.held','b2','r4',NULL,'late','{"from":"queued","why":"waits for bank","hold":"dependency"}');
INSERT INTO "event" VALUES(37,1795273034424117,'run.queued','b2','r4',NULL,'late','{"from":"held","why":"bank has shipped"}');
CREATE TABLE failure (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    run TEXT NOT NULL REFERENCES run (run),
    attempt INTEGER NOT NULL,
    spec TEXT NOT NULL,
    failure_class TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;
INSERT INTO "failure" VALUES(1,1795273034421566,'r2',1,'todo','INCOMPLETE','{"failure_class":"INCOMPLETE","layer":"agent","cause":"half","scenario":null,"rules":[],"section":null,"qualifier":null,"decided_by":"rule","evidence":[],"quotes":[]}');
INSERT INTO "failure" VALUES(2,1795273034421566,'r2',1,'todo','DISOBEYED','{"failure_class":"DISOBEYED","layer":"agent","cause":"not so","scenario":"one","rules":["R1"],"section":null,"qualifier":null,"decided_by":"rule","evidence":[],"quotes":[]}');
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('epoch',1);
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
    suite_hash TEXT,
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
    FOREIGN KEY (spec, spec_hash) REFERENCES spec_version (spec, hash)
) STRICT;
INSERT INTO "run" VALUES(1,'r1','b1','bank','h1','The bank','t','main',2,'[]','default','',1,1,2000000,60.0,60,'[]','shipped','',NULL,'',1,0,NULL,NULL,NULL,NULL,NULL,NULL,1795273034398378,1795273034403070,1795273034411500,500,1,1,1,1,'shipped');
INSERT INTO "run" VALUES(2,'r2','b1','todo','h1','The todo','t','main',2,'[]','default','',1,1,2000000,60.0,60,'[]','failed','INCOMPLETE: half',NULL,'retry r2',1,0,NULL,NULL,NULL,NULL,NULL,NULL,1795273034412546,1795273034413549,1795273034422680,500,1,1,2,2,'INCOMPLETE: half');
INSERT INTO "run" VALUES(3,'r3','b2','bank','h1','The bank','t','main',2,'[]','default','',1,1,2000000,60.0,60,'[]','queued','',NULL,'',0,0,NULL,NULL,NULL,NULL,NULL,NULL,1795273034400430,NULL,NULL,0,0,0,0,0,'');
INSERT INTO "run" VALUES(4,'r4','b2','late','h1','The late','t','main',2,'[]','default','',1,1,2000000,60.0,60,'[]','queued','bank has shipped',NULL,'',0,0,NULL,NULL,NULL,NULL,NULL,NULL,1795273034424117,NULL,NULL,0,0,0,0,0,'queued');
CREATE TABLE scenario_result (
    run TEXT NOT NULL REFERENCES run (run),
    attempt INTEGER NOT NULL,
    position INTEGER NOT NULL,
    scenario TEXT NOT NULL,
    result TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (run, attempt, scenario)
) STRICT, WITHOUT ROWID;
INSERT INTO "scenario_result" VALUES('r1',1,1,'one','pass','{"id":"one","covers":["R1"],"kind":"primary","layer":"gate","base":"fail","result":"pass","trials":[{"result":"pass","seconds":0.5,"evidence":[]}],"sentence":""}');
INSERT INTO "scenario_result" VALUES('r2',1,1,'one','fail','{"id":"one","covers":["R1"],"kind":"primary","layer":"gate","base":"fail","result":"fail","trials":[{"result":"fail","seconds":0.5,"evidence":[{"step":1,"check":"exit","expected":"0","observed":"1"}]}],"sentence":""}');
INSERT INTO "scenario_result" VALUES('r2',1,2,'two','pass','{"id":"two","covers":["R1"],"kind":"primary","layer":"gate","base":"fail","result":"pass","trials":[{"result":"pass","seconds":0.5,"evidence":[]}],"sentence":""}');
CREATE TABLE spec_version (
    spec TEXT NOT NULL,
    hash TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (spec, hash)
) STRICT, WITHOUT ROWID;
INSERT INTO "spec_version" VALUES('bank','h1','The bank','text',1795273034398378);
INSERT INTO "spec_version" VALUES('late','h1','The late','text',1795273034400986);
INSERT INTO "spec_version" VALUES('todo','h1','The todo','text',1795273034399255);
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
INSERT INTO "tool_call" VALUES(11,12,'r1',1,1,'c1','bash','ls',1,0.1,'a');
INSERT INTO "tool_call" VALUES(25,26,'r2',1,1,'c1','bash','ls',1,0.1,'a');
CREATE TABLE turn (
    seq INTEGER PRIMARY KEY REFERENCES event (seq),
    run TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    text TEXT NOT NULL,
    usage TEXT NOT NULL,
    cost INTEGER NOT NULL
) STRICT;
INSERT INTO "turn" VALUES(10,'r1',1,1,'Looking.','{"input":0,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}',500);
INSERT INTO "turn" VALUES(24,'r2',1,1,'Looking.','{"input":0,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}',500);
CREATE INDEX event_of_run ON event (run, seq) WHERE run IS NOT NULL;
CREATE INDEX run_of_batch ON run (batch);
CREATE INDEX run_of_spec ON run (spec, id);
CREATE INDEX run_by_state ON run (state);
CREATE UNIQUE INDEX tool_call_finished ON tool_call (finished_seq) WHERE finished_seq IS NOT NULL;
CREATE INDEX tool_call_open ON tool_call (run, call_id) WHERE finished_seq IS NULL;
CREATE INDEX call_of_run ON call (run, attempt, state, amount);
CREATE INDEX call_of_batch ON call (batch, state, amount);
CREATE INDEX call_of_day ON call (day, state, amount);
CREATE INDEX call_open ON call (state) WHERE state IN ('reserved', 'sent');
CREATE INDEX failure_by_class ON failure (failure_class, spec);
CREATE INDEX failure_of_run ON failure (run);
CREATE INDEX container_open ON container (id) WHERE gone IS NULL;
COMMIT;
PRAGMA application_id = 1178817625;
PRAGMA user_version = 1;
