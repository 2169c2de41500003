"""The programs that run inside a sandbox. The engine sends their source (see `sandbox.loader`) and never runs them.

So they use the standard library and each other only, and run on Python 3.8 and later.
"""
