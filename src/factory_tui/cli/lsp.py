"""`lsp`: the validator in any editor that speaks the Language Server Protocol."""

import click


@click.command()
def lsp() -> None:
    """Findings, fixes, explanations and an outline of specs for an editor, over standard input and output.

    An editor starts it; specs are recognised by their place, `specs/<id>.md` beside a `factory.toml`.
    """
    from factory_tui.lsp import serve

    serve()
