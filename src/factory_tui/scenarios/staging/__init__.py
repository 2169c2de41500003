"""What a trial starts from: a sandbox with the artifact set up in it, the scenario's files, variables and clock."""
