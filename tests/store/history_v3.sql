-- A history as schema 3 wrote it.
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
INSERT INTO "admission" VALUES('a1','c0ffee','sha256:1','r2','bank','one','fail','fail',1,'',1795296282170852);
INSERT INTO "admission" VALUES('a2','c0ffee','sha256:1','r2','bank','two','pass','fail',0,'it fails on the untouched base, so there is no behaviour to preserve',1795296282170852);
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
INSERT INTO "attempt" VALUES('r1',1,1,1795283365796718,1795283365810859,'done','','fail',1,1,'{"input":10,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}','Done.',NULL);
INSERT INTO "attempt" VALUES('r2',1,1,1795283365818568,1795283365828026,'done','','pass',1,1,'{"input":10,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}','Done.',NULL);
INSERT INTO "attempt" VALUES('r3',1,1,1795283365833530,1795283365842710,'done','','pass',1,1,'{"input":10,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}','Done.',NULL);
CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    batch TEXT NOT NULL UNIQUE,
    started INTEGER NOT NULL,
    finished INTEGER,
    cap INTEGER
) STRICT;
INSERT INTO "batch" VALUES(1,'b1',1795283365784323,1795283365813358,5000000);
INSERT INTO "batch" VALUES(2,'b2',1795283365814301,NULL,5000000);
CREATE TABLE "call" (
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
INSERT INTO "call" VALUES(1,'r1','b1','2026-11-21',1,'build','m','settled',1000,500,'{"input":10,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}',1795283365798647,1795283365800803);
INSERT INTO "call" VALUES(2,'r2','b2','2026-11-21',1,'build','m','settled',1000,500,'{"input":10,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}',1795283365820427,1795283365822117);
INSERT INTO "call" VALUES(3,'r3','b2','2026-11-21',1,'build','m','settled',1000,500,'{"input":10,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}',1795283365835367,1795283365836899);
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
INSERT INTO "disclosure" VALUES(1,1795296282175225,'r1',1,'{"rules":[["R1","partly satisfied"]],"passed":1,"total":2,"set_up_failed":false,"nothing_delivered":false}');
CREATE TABLE escaped_defect (
    run TEXT PRIMARY KEY REFERENCES run (run),
    ts INTEGER NOT NULL,
    reason TEXT NOT NULL,
    reverted TEXT,                       -- the commit that takes the work back
    failure INTEGER NOT NULL REFERENCES failure (id)
) STRICT, WITHOUT ROWID;
INSERT INTO "escaped_defect" VALUES('r3',1795283365845031,'it loses the last line','abc123',2);
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
INSERT INTO "event" VALUES(1,1795283365784323,'batch.started','b1',NULL,NULL,NULL,'{"cap_usd":5.0}');
INSERT INTO "event" VALUES(2,1795283365793644,'run.queued','b1','r1',NULL,'bank','{"title":"The bank","spec_hash":"791af26c47f8dfe7522d577f432238b18401505385aac23e92f40e600e3dca68","priority":2,"depends_on":[],"profile":"default","model":"","attempts":1,"cap_usd":2.0}');
INSERT INTO "event" VALUES(3,1795283365795582,'run.preparing','b1','r1',NULL,'bank','{"from":"queued"}');
INSERT INTO "event" VALUES(4,1795283365796718,'attempt.started','b1','r1',1,'bank','{}');
INSERT INTO "event" VALUES(5,1795283365797577,'run.building','b1','r1',1,'bank','{"from":"preparing"}');
INSERT INTO "event" VALUES(6,1795283365801736,'turn.finished','b1','r1',1,'bank','{"turn":1,"text":"Looking.","usage":{},"cost_usd":0.0005}');
INSERT INTO "event" VALUES(7,1795283365802675,'tool.started','b1','r1',1,'bank','{"turn":1,"call":"c1","name":"bash","summary":"ls"}');
INSERT INTO "event" VALUES(8,1795283365803624,'tool.finished','b1','r1',1,'bank','{"turn":1,"call":"c1","name":"bash","ok":true,"seconds":0.1}');
INSERT INTO "event" VALUES(9,1795283365804443,'run.collecting','b1','r1',1,'bank','{"from":"building"}');
INSERT INTO "event" VALUES(10,1795283365805305,'run.evaluating','b1','r1',1,'bank','{"from":"collecting"}');
INSERT INTO "event" VALUES(11,1795283365807526,'scenario.finished','b1','r1',1,'bank','{"scenario":"one","result":"fail","covers":["R1"],"layer":"gate","trials":1,"seconds":0.5,"done":1,"total":1}');
INSERT INTO "event" VALUES(12,1795283365809955,'failure.recorded','b1','r1',1,'bank','{"failure":1,"class":"INCOMPLETE","layer":"agent","scenario":null,"rules":[],"cause":"half"}');
INSERT INTO "event" VALUES(13,1795283365810859,'attempt.finished','b1','r1',1,'bank','{"end":"done","verdict":"fail","charged":true,"detail":"","turns":1,"cost_usd":5e-06}');
INSERT INTO "event" VALUES(14,1795283365811636,'run.failed','b1','r1',1,'bank','{"from":"evaluating","why":"INCOMPLETE: half"}');
INSERT INTO "event" VALUES(15,1795283365812411,'failure.reclassified','b1','r1',1,'bank','{"failure":1,"from":"INCOMPLETE","to":"SPEC-GAP","reason":"it never said so"}');
INSERT INTO "event" VALUES(16,1795283365813358,'batch.finished','b1',NULL,NULL,NULL,'{"runs":{"failed":1},"cost_usd":0.0005}');
INSERT INTO "event" VALUES(17,1795283365814301,'batch.started','b2',NULL,NULL,NULL,'{"cap_usd":5.0}');
INSERT INTO "event" VALUES(18,1795283365816522,'run.queued','b2','r2',NULL,'bank','{"title":"The bank","spec_hash":"bcdd66b009494fcbe2ba6d29bb600cc43ed76510b8dfc23ce53b58d0e18e24d7","priority":2,"depends_on":[],"profile":"default","model":"","attempts":1,"cap_usd":2.0}');
INSERT INTO "event" VALUES(19,1795283365817668,'run.preparing','b2','r2',NULL,'bank','{"from":"queued"}');
INSERT INTO "event" VALUES(20,1795283365818568,'attempt.started','b2','r2',1,'bank','{}');
INSERT INTO "event" VALUES(21,1795283365819468,'run.building','b2','r2',1,'bank','{"from":"preparing"}');
INSERT INTO "event" VALUES(22,1795283365823075,'turn.finished','b2','r2',1,'bank','{"turn":1,"text":"Looking.","usage":{},"cost_usd":0.0005}');
INSERT INTO "event" VALUES(23,1795283365823958,'tool.started','b2','r2',1,'bank','{"turn":1,"call":"c1","name":"bash","summary":"ls"}');
INSERT INTO "event" VALUES(24,1795283365824742,'tool.finished','b2','r2',1,'bank','{"turn":1,"call":"c1","name":"bash","ok":true,"seconds":0.1}');
INSERT INTO "event" VALUES(25,1795283365825536,'run.collecting','b2','r2',1,'bank','{"from":"building"}');
INSERT INTO "event" VALUES(26,1795283365826328,'run.evaluating','b2','r2',1,'bank','{"from":"collecting"}');
INSERT INTO "event" VALUES(27,1795283365827197,'scenario.finished','b2','r2',1,'bank','{"scenario":"one","result":"pass","covers":["R1"],"layer":"gate","trials":1,"seconds":0.5,"done":1,"total":1}');
INSERT INTO "event" VALUES(28,1795283365828026,'attempt.finished','b2','r2',1,'bank','{"end":"done","verdict":"pass","charged":true,"detail":"","turns":1,"cost_usd":5e-06}');
INSERT INTO "event" VALUES(29,1795283365828852,'run.shipping','b2','r2',1,'bank','{"from":"evaluating"}');
INSERT INTO "event" VALUES(30,1795283365829639,'run.shipped','b2','r2',1,'bank','{"from":"shipping"}');
INSERT INTO "event" VALUES(31,1795283365831636,'run.queued','b2','r3',NULL,'todo','{"title":"The todo","spec_hash":"4167b988b1bb13aa53682e2e639418c14532b6e0e509bf9d1a6526943ef28f2c","priority":2,"depends_on":[],"profile":"default","model":"","attempts":1,"cap_usd":2.0}');
INSERT INTO "event" VALUES(32,1795283365832695,'run.preparing','b2','r3',NULL,'todo','{"from":"queued"}');
INSERT INTO "event" VALUES(33,1795283365833530,'attempt.started','b2','r3',1,'todo','{}');
INSERT INTO "event" VALUES(34,1795283365834343,'run.building','b2','r3',1,'todo','{"from":"preparing"}');
INSERT INTO "event" VALUES(35,1795283365837745,'turn.finished','b2','r3',1,'todo','{"turn":1,"text":"Looking.","usage":{},"cost_usd":0.0005}');
INSERT INTO "event" VALUES(36,1795283365838626,'tool.started','b2','r3',1,'todo','{"turn":1,"call":"c1","name":"bash","summary":"ls"}');
INSERT INTO "event" VALUES(37,1795283365839375,'tool.finished','b2','r3',1,'todo','{"turn":1,"call":"c1","name":"bash","ok":true,"seconds":0.1}');
INSERT INTO "event" VALUES(38,1795283365840346,'run.collecting','b2','r3',1,'todo','{"from":"building"}');
INSERT INTO "event" VALUES(39,1795283365841125,'run.evaluating','b2','r3',1,'todo','{"from":"collecting"}');
INSERT INTO "event" VALUES(40,1795283365841887,'scenario.finished','b2','r3',1,'todo','{"scenario":"one","result":"pass","covers":["R1"],"layer":"gate","trials":1,"seconds":0.5,"done":1,"total":1}');
INSERT INTO "event" VALUES(41,1795283365842710,'attempt.finished','b2','r3',1,'todo','{"end":"done","verdict":"pass","charged":true,"detail":"","turns":1,"cost_usd":5e-06}');
INSERT INTO "event" VALUES(42,1795283365843430,'run.shipping','b2','r3',1,'todo','{"from":"evaluating"}');
INSERT INTO "event" VALUES(43,1795283365844253,'run.shipped','b2','r3',1,'todo','{"from":"shipping"}');
INSERT INTO "event" VALUES(44,1795283365845031,'failure.recorded','b2','r3',1,'todo','{"failure":2,"class":"SPEC-GAP","layer":"spec","scenario":null,"rules":[],"cause":"it loses the last line"}');
INSERT INTO "event" VALUES(45,1795283365845031,'run.escaped','b2','r3',1,'todo','{"reason":"it loses the last line","reverted":"abc123","failure":2}');
INSERT INTO "event" VALUES(46,1795283365846825,'run.queued','b2','r4',NULL,'late','{"title":"The late","spec_hash":"h4","priority":2,"depends_on":[],"profile":"default","model":"","attempts":1,"cap_usd":2.0}');
INSERT INTO "event" VALUES(47,1795283365849592,'run.preparing','b2','r4',NULL,'late','{"from":"queued"}');
INSERT INTO "event" VALUES(48,1795283365850540,'run.held','b2','r4',NULL,'late','{"from":"preparing","why":"When?","hold":"question"}');
INSERT INTO "event" VALUES(49,1795283365851324,'hold.started',NULL,NULL,NULL,NULL,'{"until":null,"why":"the provider is overloaded"}');
INSERT INTO "event" VALUES(50,1795283365852204,'engine.paused',NULL,NULL,NULL,NULL,'{}');
INSERT INTO "event" VALUES(51,1795296282175225,'disclosure.made','b1','r1',1,'bank','{"rules":[["R1","partly satisfied"]],"passed":1,"total":2,"set_up_failed":false,"nothing_delivered":false}');
INSERT INTO "event" VALUES(52,1795296282188005,'spec.read_back',NULL,NULL,NULL,'bank','{"hash":"791af26c47f8dfe7522d577f432238b18401505385aac23e92f40e600e3dca68","model":"m","cost_usd":5e-06,"questions":0,"dropped":0}');
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
INSERT INTO "failure" VALUES(1,1795283365809955,'r1',1,'bank','SPEC-GAP','{"failure_class":"INCOMPLETE","layer":"agent","cause":"half","scenario":null,"rules":[],"section":null,"qualifier":null,"decided_by":"rule","evidence":[],"quotes":[],"sentence":"","spec_line":null,"spec_quote":"","escaped":false}','it never said so');
INSERT INTO "failure" VALUES(2,1795283365845031,'r3',1,'todo','SPEC-GAP','{"failure_class":"SPEC-GAP","layer":"spec","cause":"it loses the last line","scenario":null,"rules":[],"section":null,"qualifier":null,"decided_by":"rule","evidence":[],"quotes":[],"sentence":"","spec_line":null,"spec_quote":"","escaped":false}',NULL);
CREATE TABLE hold (
    id INTEGER PRIMARY KEY,
    started INTEGER NOT NULL,
    until INTEGER,
    why TEXT NOT NULL,
    ended INTEGER
) STRICT;
INSERT INTO "hold" VALUES(1,1795283365851324,NULL,'the provider is overloaded',NULL);
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('epoch',1);
INSERT INTO "meta" VALUES('paused',1);
CREATE TABLE question (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    run TEXT NOT NULL REFERENCES run (run),
    attempt INTEGER NOT NULL,
    data TEXT NOT NULL,                  -- AgentQuestion as JSON
    answer TEXT,
    answered INTEGER
) STRICT;
INSERT INTO "question" VALUES(1,1795283365848632,'r4',1,'{"text":"When?","answers":["soon","late"],"section":"RULES"}',NULL,NULL);
CREATE TABLE read_back (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    spec TEXT NOT NULL,
    hash TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;
INSERT INTO "read_back" VALUES(1,1795291200000000,'bank','791af26c47f8dfe7522d577f432238b18401505385aac23e92f40e600e3dca68','{"spec":"bank","hash":"791af26c47f8dfe7522d577f432238b18401505385aac23e92f40e600e3dca68","summary":"A bank that pays.","questions":[],"dropped":0,"model":"m","cost":5,"when":"2026-11-21T20:00:00Z"}');
CREATE TABLE reclassification (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    failure INTEGER NOT NULL REFERENCES failure (id),
    failure_class TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
INSERT INTO "reclassification" VALUES(1,1795283365812411,1,'SPEC-GAP','it never said so');
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
    question TEXT,                       -- AgentQuestion as JSON: the newest one while nobody has answered it
    escaped TEXT,                        -- why the operator marked it as an escaped defect
    retried INTEGER NOT NULL DEFAULT 0,  -- how often the operator took it up again
    FOREIGN KEY (spec, spec_hash) REFERENCES spec_version (spec, hash)
) STRICT;
INSERT INTO "run" VALUES(1,'r1','b1','bank','791af26c47f8dfe7522d577f432238b18401505385aac23e92f40e600e3dca68','The bank','t','main',2,'[]','default','',1,1,2000000,60.0,60,'[{"rule": "C07", "level": "info", "section": "RULES", "line": 9, "column": 1, "quote": "", "message": "waived (the bank says no elsewhere): no rule says no", "fix": "write one", "path": null}]','failed','INCOMPLETE: half',NULL,'',1,0,NULL,NULL,NULL,NULL,NULL,NULL,1795283365793644,1795283365795582,1795283365811636,500,1,0,1,1,'INCOMPLETE: half',NULL,NULL,0);
INSERT INTO "run" VALUES(2,'r2','b2','bank','bcdd66b009494fcbe2ba6d29bb600cc43ed76510b8dfc23ce53b58d0e18e24d7','The bank','t','main',2,'[]','default','',1,1,2000000,60.0,60,'[{"rule": "C07", "level": "info", "section": "RULES", "line": 9, "column": 1, "quote": "", "message": "waived (the bank says no elsewhere): no rule says no", "fix": "write one", "path": null}]','shipped','',NULL,'',1,0,'c0ffee','sha256:1','5e7a',NULL,NULL,NULL,1795283365816522,1795283365817668,1795283365829639,500,1,1,1,1,'shipped',NULL,NULL,0);
INSERT INTO "run" VALUES(3,'r3','b2','todo','4167b988b1bb13aa53682e2e639418c14532b6e0e509bf9d1a6526943ef28f2c','The todo','t','main',2,'[]','default','',1,1,2000000,60.0,60,'[]','shipped','',NULL,'',1,0,NULL,NULL,NULL,NULL,NULL,NULL,1795283365831636,1795283365832695,1795283365844253,500,1,1,1,1,'shipped',NULL,'it loses the last line',0);
INSERT INTO "run" VALUES(4,'r4','b2','late','h4','The late','t','main',2,'[]','default','',1,1,2000000,60.0,60,'[]','held','When?','question','',0,0,NULL,NULL,NULL,NULL,NULL,NULL,1795283365846825,1795283365849592,1795283365850540,0,0,0,0,0,'When?','{"text":"When?","answers":["soon","late"],"section":"RULES"}',NULL,0);
CREATE TABLE run_constraint (
    run TEXT NOT NULL REFERENCES run (run),
    spec TEXT NOT NULL,
    hash TEXT NOT NULL,
    suite_hash TEXT NOT NULL,
    PRIMARY KEY (run, spec)
) STRICT, WITHOUT ROWID;
INSERT INTO "run_constraint" VALUES('r2','todo','4167','5e7');
CREATE TABLE scenario_result (
    run TEXT NOT NULL REFERENCES run (run),
    attempt INTEGER NOT NULL,
    position INTEGER NOT NULL,
    scenario TEXT NOT NULL,
    result TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (run, attempt, scenario)
) STRICT, WITHOUT ROWID;
INSERT INTO "scenario_result" VALUES('r1',1,1,'one','fail','{"id":"one","covers":["R1"],"kind":"primary","layer":"gate","base":"fail","result":"fail","trials":[{"result":"fail","seconds":0.5,"evidence":[]}],"sentence":""}');
INSERT INTO "scenario_result" VALUES('r2',1,1,'one','pass','{"id":"one","covers":["R1"],"kind":"primary","layer":"gate","base":"fail","result":"pass","trials":[{"result":"pass","seconds":0.5,"evidence":[]}],"sentence":""}');
INSERT INTO "scenario_result" VALUES('r3',1,1,'one','pass','{"id":"one","covers":["R1"],"kind":"primary","layer":"gate","base":"fail","result":"pass","trials":[{"result":"pass","seconds":0.5,"evidence":[]}],"sentence":""}');
CREATE TABLE spec_version (
    spec TEXT NOT NULL,
    hash TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    seen INTEGER NOT NULL, findings TEXT NOT NULL DEFAULT '[]', template TEXT NOT NULL DEFAULT '', category TEXT, waivers TEXT NOT NULL DEFAULT '[]', rules TEXT,
    PRIMARY KEY (spec, hash)
) STRICT, WITHOUT ROWID;
INSERT INTO "spec_version" VALUES('bank','791af26c47f8dfe7522d577f432238b18401505385aac23e92f40e600e3dca68','The bank','---
id: bank
title: The bank
kind: feature
category: crud
status: ready
template: feature@2
target: t
---
## RULES
- R1 The bank must pay.
- R2 The bank must count.
<!-- allow C07: the bank says no elsewhere -->
',1795283365793644,'[{"rule": "C07", "level": "info", "section": "RULES", "line": 9, "column": 1, "quote": "", "message": "waived (the bank says no elsewhere): no rule says no", "fix": "write one", "path": null}]','feature@2','crud','[{"rule": "C07", "reason": "the bank says no elsewhere", "line": 13, "column": 1, "covers": [13, 14], "quote": "<!-- allow C07: the bank says no elsewhere -->"}]','{"R1": "The bank must pay.", "R2": "The bank must count."}');
INSERT INTO "spec_version" VALUES('bank','bcdd66b009494fcbe2ba6d29bb600cc43ed76510b8dfc23ce53b58d0e18e24d7','The bank','---
id: bank
title: The bank
kind: feature
category: crud
status: ready
template: feature@2
target: t
---
## RULES
- R1 The bank must pay.
- R3 The bank must never owe.
<!-- allow C07: the bank says no elsewhere -->
',1795283365816522,'[{"rule": "C07", "level": "info", "section": "RULES", "line": 9, "column": 1, "quote": "", "message": "waived (the bank says no elsewhere): no rule says no", "fix": "write one", "path": null}]','feature@2','crud','[{"rule": "C07", "reason": "the bank says no elsewhere", "line": 13, "column": 1, "covers": [13, 14], "quote": "<!-- allow C07: the bank says no elsewhere -->"}]','{"R1": "The bank must pay.", "R3": "The bank must never owe."}');
INSERT INTO "spec_version" VALUES('late','h4','The late','no front matter
',1795283365846825,'[]','',NULL,'[]','{}');
INSERT INTO "spec_version" VALUES('todo','4167b988b1bb13aa53682e2e639418c14532b6e0e509bf9d1a6526943ef28f2c','The todo','---
id: todo
title: The todo
kind: feature
category: docs
status: ready
template: feature@2
target: t
---
## RULES
- R1 The list must be kept.
<!-- allow C07: the bank says no elsewhere -->
',1795283365831636,'[]','feature@2','docs','[{"rule": "C07", "reason": "the bank says no elsewhere", "line": 12, "column": 1, "covers": [12, 13], "quote": "<!-- allow C07: the bank says no elsewhere -->"}]','{"R1": "The list must be kept."}');
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
INSERT INTO "tool_call" VALUES(7,8,'r1',1,1,'c1','bash','ls',1,0.1,'a');
INSERT INTO "tool_call" VALUES(23,24,'r2',1,1,'c1','bash','ls',1,0.1,'a');
INSERT INTO "tool_call" VALUES(36,37,'r3',1,1,'c1','bash','ls',1,0.1,'a');
CREATE TABLE turn (
    seq INTEGER PRIMARY KEY REFERENCES event (seq),
    run TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    text TEXT NOT NULL,
    usage TEXT NOT NULL,
    cost INTEGER NOT NULL
) STRICT;
INSERT INTO "turn" VALUES(6,'r1',1,1,'Looking.','{"input":0,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}',500);
INSERT INTO "turn" VALUES(22,'r2',1,1,'Looking.','{"input":0,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}',500);
INSERT INTO "turn" VALUES(35,'r3',1,1,'Looking.','{"input":0,"output":0,"cache_write":0,"cache_write_1h":0,"cache_read":0}',500);
CREATE INDEX event_of_run ON event (run, seq) WHERE run IS NOT NULL;
CREATE INDEX event_of_engine ON event (seq) WHERE type IN ('engine.started', 'engine.paused', 'engine.resumed');
CREATE INDEX run_of_batch ON run (batch);
CREATE INDEX run_of_spec ON run (spec, id);
CREATE INDEX run_by_state ON run (state);
CREATE UNIQUE INDEX tool_call_finished ON tool_call (finished_seq) WHERE finished_seq IS NOT NULL;
CREATE INDEX tool_call_open ON tool_call (run, call_id) WHERE finished_seq IS NULL;
CREATE INDEX failure_by_class ON failure (failure_class, spec);
CREATE INDEX failure_of_run ON failure (run, failure_class);
CREATE INDEX failure_since ON failure (ts);
CREATE INDEX question_of_run ON question (run);
CREATE UNIQUE INDEX hold_open ON hold (ended IS NULL) WHERE ended IS NULL;
CREATE INDEX container_open ON container (id) WHERE gone IS NULL;
CREATE INDEX call_of_run ON call (run, attempt, state, amount);
CREATE INDEX call_of_batch ON call (batch, state, amount);
CREATE INDEX call_of_day ON call (day, state, amount);
CREATE INDEX call_open ON call (state) WHERE state IN ('reserved', 'sent');
CREATE INDEX read_back_of_spec ON read_back (spec, id);
COMMIT;
PRAGMA application_id = 1178817625;
PRAGMA user_version = 3;
