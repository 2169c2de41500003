"""Rubrics in an evaluation: what a judge is shown, when it is asked, and what its judgement does to a result."""
