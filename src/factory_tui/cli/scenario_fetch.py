"""`scenario fetch`: the newest scenarios of a repository of their own."""

import click

from factory_tui.cli.output import CommandFailed, Exit, as_json, print_json, print_lines, settings_of, workspace_of


@click.command("fetch")
@as_json
@click.pass_context
def fetch_scenarios(context: click.Context, as_json: bool) -> None:
    """Bring the newest scenarios, where `[factory] scenarios` names a git repository. Every batch does so, too."""
    from factory_tui.delivery import HoldoutError
    from factory_tui.engine.holdout import bring_holdout

    workspace = workspace_of(context)
    settings = settings_of(workspace)
    try:
        copy = bring_holdout(workspace, settings)
    except HoldoutError as error:
        raise CommandFailed(error.what, error.todo, Exit.MISSING) from None
    if copy is None:
        raise CommandFailed(
            f"the scenarios are in the directory {settings.factory.scenarios}, so there is nothing to fetch",
            "name a repository as `scenarios` under [factory] in factory.toml to keep them elsewhere",
        )
    if as_json:
        print_json({"commit": copy.commit, "directory": str(copy.directory), "new": copy.is_new})
    else:
        print_lines([f"{'now at' if copy.is_new else 'still at'} commit {copy.commit[:12]}"])
