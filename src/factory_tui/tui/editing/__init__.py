"""What the editor's screen is made of: the file behind its text, what stands beside it, saving, pauses in typing."""
