"""The command line: one file a subcommand, loaded when it is called.

Exit codes: 0 ok, 1 findings, 2 usage, 3 infrastructure. With `--json` standard output
holds exactly one JSON document, an error too.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

import click

_COMMANDS = {
    "audit": "error rates of the graders: wrong answers accepted, right ones refused",
    "bench": "measure this machine: kernels side by side with stock ones",
    "data": "build the data that tasks come from, import your own",
    "demo": "the main job in one minute: an MCP client solves tasks and leaves notebooks",
    "doctor": "what works on this machine",
    "export": "training data from runs, without leaks",
    "grade": "grade one answer, or a stored run again",
    "judge": "an LLM's opinion of answers in free words, beside their grades",
    "models": "small local models: list them, fetch one",
    "replay": "run trajectories again in fresh kernels and compare",
    "run": "run an agent over many tasks, headless",
    "serve": "serve tasks, kernels and grading over MCP",
    "tasks": "list, show, search, count and check tasks, list suspects",
    "trajectories": "list, show, count, compare, recover and tidy what episodes left",
}


class _LazyGroup(click.Group):
    """Imports a subcommand's module only when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"medgym.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(
    cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="medgym", prog_name="medgym")
def cli() -> None:
    """Biomedical data-science tasks for LLM agents, in live Jupyter kernels over MCP."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = cli.main(given, prog_name="medgym", standalone_mode=False)
    except Exception as error:
        from medgym.cli.failure import fail

        sys.exit(fail(error, as_json="--json" in given))
    sys.exit(code if isinstance(code, int) else 0)
