"""The files that a new workspace starts with: guidance for the context, and one example that lints clean."""
