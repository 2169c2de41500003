"""Where the holdout lies, and files → scenarios: a broken one is a finding with its line."""
