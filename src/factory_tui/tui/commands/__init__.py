"""What several screens have the operator do in the same way: ask, tell the engine, say what became of it."""
