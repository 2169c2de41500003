"""The Messages API twin: a real HTTP server that speaks the API and answers from scripts."""
