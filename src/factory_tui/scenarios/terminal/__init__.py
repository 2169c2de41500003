"""A terminal of xterm's kind, outside the sandbox: keys by name, the screen that a program has drawn.

What a program writes is never shown to the operator's own terminal: it ends here as text. This door imports nothing,
because the validator wants the names of keys without an emulator.
"""
