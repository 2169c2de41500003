"""How an engine leaves."""

import subprocess
import sys

STUCK = """
import threading
from factory_tui.engine.process import leave_in_time

def waits_for_an_answer():
    threading.Event().wait()

threading.Thread(target=waits_for_an_answer).start()
leave_in_time(0.1)
"""


def test_a_thread_that_never_ends_does_not_keep_a_stopped_engine_and_is_named() -> None:
    done = subprocess.run([sys.executable, "-c", STUCK], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "waits_for_an_answer" in done.stderr
