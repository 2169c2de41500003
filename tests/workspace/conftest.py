"""The solutions are artifacts: their tests belong to them and run in a sandbox only."""

collect_ignore = ["solutions"]
