"""The language server: what the validator says about specs, in any editor that speaks the protocol."""

from factory_tui.lsp.server import serve

__all__ = ["serve"]
