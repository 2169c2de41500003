"""`db` steps on real SQLite files in a real sandbox."""

import pytest

from factory_tui.model.evaluation import Result

NOTES = """\
#!/usr/bin/env python3
import sqlite3, sys
with sqlite3.connect("notes.db") as notes:
    notes.execute("create table if not exists note (id integer primary key, title text, done integer)")
    notes.execute("insert into note (title, done) values (?, 0)", (sys.argv[1],))
    print(notes.execute("select last_insert_rowid()").fetchone()[0])
"""


async def test_rows_are_judged_as_value_as_list_and_as_records(judge):
    result = await judge.one(
        {"bin/note": NOTES},
        """
        steps:
          - run: note milk
          - run: note "1; drop table note"
            capture: {id: $}
          - db: {file: notes.db, query: "select title from note where id = :id"}
            expect: {value: "1; drop table note", rows: 1, within: 20s}
            capture: {title: "$[0].title"}
          - db: {file: notes.db, query: "select count(*) from note where title = :title"}
            expect: {value: 1}
          - db: {file: notes.db, query: "select id, title from note order by id"}
            expect:
              rows: [[1, milk], [2, "1; drop table note"]]
              json: {"$[0].title": milk, "$[*].id": [1, 2], "$[1].title": "${title}"}
          - db: {file: notes.db, query: "select id from note where done order by id"}
            expect: {rows: 0, json: []}
          - db: {file: notes.db, query: "select id from note order by id"}
            expect: {rows: {gt: 1, lt: 3}}
          - db: {file: notes.db, query: "select id from note"}
        """,
    )
    assert result.evidence == ()


@pytest.mark.parametrize(
    ("query", "expect", "check", "observed"),
    [
        ("select * from gone", "{rows: 0}", "db notes.db", "OperationalError: no such table: gone"),
        ("select gone from note", "{rows: 0}", "db notes.db", "OperationalError: no such column: gone"),
        ("select id from note", "{rows: 2}", "rows", "1: [[1]]"),
        ("select id from note", "{rows: [[2]]}", "rows", "[[1]]"),
        ("select id from note", "{value: '1'}", "value", "1"),
        ("select id, title from note", "{value: 1}", "value", '1 rows of 2 columns: [[1, "milk"]]'),
        ("select id from note where id > 1", "{value: 1}", "value", "0 rows of 1 columns: []"),
        ("select title from note", '{json: {"$[0].title": salt}}', "$[0].title", "milk"),
        ("select id, id from note", '{json: {"$[0].id": 1}}', "columns", "more than one id"),
        ("select zeroblob(2000000)", "{rows: 1}", "rows size", "more"),
    ],
)
async def test_what_does_not_hold_is_a_fail_with_evidence(judge, query, expect, check, observed):
    text = f"steps: [{{run: note milk}}, {{db: {{file: notes.db, query: '{query}'}}, expect: {expect}}}]"
    result = await judge.one({"bin/note": NOTES}, text)
    assert result.result is Result.FAIL
    assert [(each.step, each.check, each.observed) for each in result.evidence] == [(2, check, observed)]


@pytest.mark.parametrize("prepare", ["rm -f notes.db", "mkfifo notes.db", "ln -s /etc/passwd notes.db"])
async def test_no_database_is_a_fail(judge, prepare):
    text = f"steps: [{{run: '{prepare}'}}, {{db: {{file: notes.db, query: 'select 1 from note'}}}}]"
    assert (await judge.one({}, text)).result is Result.FAIL


@pytest.mark.parametrize(
    "query",
    [
        "selec 1",
        "select 1;; select 2",
        "delete from note",
        "with x as (select 1) insert into note select 1, 2, 3",
        "pragma user_version",
        "select ?",
        "select :nobody",
        "select nosuchfunction(id) from note",
        "select count(*) frm note",
    ],
)
async def test_a_query_that_asks_nothing_is_the_scenarios_error(judge, query):
    text = f"steps: [{{run: note milk}}, {{db: {{file: notes.db, query: '{query}'}}}}]"
    assert (await judge.one({"bin/note": NOTES}, text)).result is Result.ERROR


async def test_a_database_that_a_service_writes_to_is_read(judge):
    server = """\
import sqlite3, time
made = sqlite3.connect("x.db", isolation_level=None)
made.execute("pragma journal_mode = wal")
made.execute("create table t (n integer)")
for n in range(1, 100_000):
    made.execute("insert into t values (?)", (n,))
    if n == 10:
        open("up", "w").close()
    time.sleep(0.001)
"""
    result = await judge.one(
        {"server.py": server},
        """
        service: {run: python3 server.py, ready: {file: up, within: 20s}}
        steps:
          - db: {file: x.db, query: "select count(*) = max(n) and count(*) >= 10 from t"}
            expect: {value: 1}
        """,
    )
    assert result.evidence == ()


@pytest.mark.docker
async def test_a_database_is_asked_in_a_container(docker_judge):
    result = await docker_judge.one(
        {"bin/note": NOTES},
        """
        steps:
          - run: note milk
            capture: {id: $}
          - db: {file: notes.db, query: "select id, title, done, null as empty from note where id = :id"}
            expect: {rows: [[1, milk, 0, null]], json: [{id: 1, title: milk, done: 0, empty: null}]}
          - run: sqlite3 notes.db 'pragma journal_mode = wal; insert into note (title, done) values ("salt", 1)'
          - db: {file: notes.db, query: "select count(*) from note"}
            expect: {value: 2}
        """,
    )
    assert result.evidence == ()


async def test_a_hostile_schema_costs_no_more_than_its_time(judge):
    views = "create view note as with recursive n(i) as (select 1 union all select i + 1 from n) select i from n;"
    text = f"""
    steps:
      - run: 'python3 -c "import sqlite3; sqlite3.connect(\\"x.db\\").executescript(\\"{views}\\")"'
      - {{db: {{file: x.db, query: "select count(*) from note"}}, timeout: 1s, expect: {{value: 0}}}}
    """
    result = await judge.one({}, text)
    assert [(each.step, each.check) for each in result.evidence] == [(2, "db x.db")]
    assert "no answer within 1 s" in result.evidence[0].observed


async def test_a_view_that_calls_a_function_of_the_question_wrongly_is_the_artifacts_fault(judge):
    """Else it could choose to get no verdict at all."""
    view = "import sqlite3; sqlite3.connect('app.db').execute('create view t as select count(1, 2) as a')"
    text = """
    steps:
      - run: tool
      - db: {file: app.db, query: "select count(*) from t"}
        expect: {value: 1}
    """
    result = await judge.one({"bin/tool": f"#!/usr/bin/env python3\n{view}\n"}, text)
    assert result.result is Result.FAIL
    assert "wrong number of arguments" in result.evidence[0].observed
