"""What is observed held against what a step expects: values, JSONPaths, regular expressions, matchers, captures."""
