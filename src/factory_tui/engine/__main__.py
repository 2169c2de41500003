"""`python -m factory_tui.engine --workspace DIR`: what `engine start` spawns."""

import argparse
import sys
from pathlib import Path

from factory_tui.engine.process import main

parser = argparse.ArgumentParser(prog="factory-tui-engine")
parser.add_argument("--workspace", type=Path, required=True)
sys.exit(main(parser.parse_args().workspace.resolve()))
