"""`medgym bench`: figures of this machine, side by side in one run."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import anyio
import click
from pydantic import BaseModel

from kernel_manager.types import Isolation
from medgym.cli.options import data_option, emit, isolation_option, json_option, progress, store_at, table


class Numbers(click.ParamType[tuple[int, ...]]):
    """Whole numbers above 0, with commas."""

    name = "n,n,..."

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        parts = str(value).split(",")
        if not all(part.strip().isdecimal() and int(part) > 0 for part in parts):
            self.fail("give whole numbers above 0 with commas between, such as 10,50", param, ctx)
        return tuple(int(part) for part in parts)


@click.group("bench")
def command() -> None:
    """Measure this machine; quote the ratios, not the times."""


@command.command("kernels")
@click.option(
    "--soak", is_flag=True, help="Hold many kernels for a time instead, each executing in its turn."
)
@click.option("--growth", is_flag=True, help="Look at the cost of one more kernel beside many instead.")
@click.option(
    "--rounds", type=click.IntRange(1), default=9, show_default=True, help="How often each way is taken."
)
@click.option(
    "--crowds", type=Numbers(), default="10,50,200", show_default=True, help="Kernels to weigh at once."
)
@click.option(
    "--busy", type=Numbers(), default="1,8,64", show_default=True, help="Kernels that execute at once."
)
@click.option(
    "--sizes",
    type=Numbers(),
    default="1,10,50,200,500",
    show_default=True,
    help="With --growth: live kernels.",
)
@click.option(
    "--kernels",
    "count",
    type=click.IntRange(1),
    default=500,
    show_default=True,
    help="With --soak: how many.",
)
@click.option(
    "--minutes",
    type=click.FloatRange(0.0, min_open=True),
    default=10.0,
    show_default=True,
    help="With --soak.",
)
@click.option(
    "--every-s",
    type=click.FloatRange(0.0, min_open=True),
    default=60.0,
    show_default=True,
    help="With --soak: seconds between two executions of one kernel.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write the result, as JSON."
)
@isolation_option
@json_option
def kernels(
    soak: bool,
    growth: bool,
    rounds: int,
    crowds: tuple[int, ...],
    busy: tuple[int, ...],
    sizes: tuple[int, ...],
    count: int,
    minutes: float,
    every_s: float,
    out: Path | None,
    isolation: Isolation,
    as_json: bool,
) -> None:
    """Our kernels against stock ones and against a new process for each action."""
    from medgym.bench.growth import bench_growth
    from medgym.bench.kernels import bench_kernels
    from medgym.bench.show import Result, markdown
    from medgym.bench.soak import bench_soak

    if soak and growth:
        raise click.UsageError("Name one of --soak and --growth.")

    async def measure() -> Result:
        if soak:
            return await bench_soak(isolation, kernels=count, minutes=minutes, every_s=every_s, tell=_tell)
        if growth:
            return await bench_growth(isolation, sizes=sizes, tell=_tell)
        return await bench_kernels(isolation, rounds=rounds, crowds=crowds, busy=busy, tell=_tell)

    found = anyio.run(measure)
    _keep(found, out)
    emit(found, as_json=as_json, human=lambda: click.echo(markdown(found)))


@command.command("store")
@click.option(
    "--size", "sizes", type=click.IntRange(100), multiple=True, help="Tasks.  [default: 1000, 10000, 100000]"
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write the result, as JSON."
)
@json_option
def store(sizes: tuple[int, ...], out: Path | None, as_json: bool) -> None:
    """Building and reading a store, and looking things up in a world, as they grow."""
    from medgym.bench.store import SIZES, StoreBench, bench_store

    found: StoreBench = bench_store(
        sizes or SIZES, on_size=lambda size: click.echo(f"{size} tasks", err=True)
    )
    _keep(found, out)

    def human() -> None:
        names = [name for name in found.sizes[0].model_dump() if name != "tasks"]
        rows = [(one.tasks, *(getattr(one, name) for name in names)) for one in found.sizes]
        table(["tasks", *names], rows)
        click.echo(str(found.machine))

    emit(found, as_json=as_json, human=human)


@command.command("worlds")
@click.option("--world", "names", multiple=True, help="Only this world; may be given again.")
@click.option("--patients", type=Numbers(), default="1000,40000", show_default=True, help="Sizes.")
@click.option(
    "--terms", type=click.IntRange(1), default=200, show_default=True, help="Terms to ask for, a spelling."
)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Leave the worlds here, and go on with those that are here already.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write the result, as JSON."
)
@json_option
def worlds(
    names: tuple[str, ...],
    patients: tuple[int, ...],
    terms: int,
    keep: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Building synthetic worlds, and looking things up in them by request_info."""
    from medgym.bench.worlds import WORLDS, WorldsBench, bench_worlds

    found: WorldsBench = bench_worlds(names or WORLDS, patients, terms=terms, keep=keep, tell=_tell)
    _keep(found, out)

    def human() -> None:
        steps = ("world", "patients", "step", "wall s", "CPU s", "peak MiB", "MB")
        rows = [
            (one.world, one.patients, name, step.wall_s, step.cpu_s, step.peak_mib, step.mb)
            for one in found.worlds
            for name, step in (("world", one.build), ("index", one.index))
        ]
        table(list(steps), rows)
        asked = [
            (one.world, one.patients, kind, a.questions, a.cold, a.p50, a.worst, a.cpu_p50, a.cpu_worst)
            for one in found.worlds
            for kind, a in one.request_info.items()
        ]
        times = ("cold ms", "p50 ms", "worst ms", "CPU p50 ms", "CPU worst ms")
        table(["world", "patients", "request_info", "questions", *times], asked)
        click.echo(str(found.machine))

    emit(found, as_json=as_json, human=human)


@command.command("replay")
@click.option("--episodes", type=click.IntRange(1), default=50, show_default=True)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the episodes here, and go on with those that are here already.",
)
@click.option(
    "--concurrency", type=click.IntRange(1), default=2, show_default=True, help="Episodes at a time."
)
@isolation_option
@data_option
@json_option
def replay(
    episodes: int, out: Path | None, concurrency: int, isolation: Isolation, data: Path, as_json: bool
) -> None:
    """Which share of gold and scripted episodes comes out the same when replayed."""
    from medgym.bench.replay import ReplayBench, bench_replay

    async def work(folder: Path) -> ReplayBench:
        how = {"episodes": episodes, "concurrency": concurrency}
        with progress("running and replaying", 2 * episodes) as advance:
            return await bench_replay(store_at(data), isolation, out=folder, on_done=advance, **how)

    if out is not None:
        found = anyio.run(work, out)
    else:
        with tempfile.TemporaryDirectory(prefix="medgym-bench-") as folder:
            found = anyio.run(work, Path(folder))

    def human() -> None:
        parts = {**found.by_family, "all": found.all}
        rows = [
            (f, r.replayed, r.reproduced, r.successes.replayed, r.successes.reproduced)
            for f, r in parts.items()
        ]
        table(["family", "episodes", "reproduced", "successes", "of them reproduced"], rows)
        for one in found.all.diverged:
            click.echo(f"{one.notebook}: {one.result}, {one.cause}: {one.why}")
        click.echo(f"run in {found.run_s:.0f} s, replayed in {found.replay_s:.0f} s; {found.machine}")

    emit(found, as_json=as_json, human=human)


@command.command("exports")
@click.option(
    "--episodes", "sizes", type=Numbers(), default="10000,100000", show_default=True, help="Trajectories."
)
@click.option(
    "--format", "formats", multiple=True, metavar="FORMAT", help="Only this; again for more.  [default: all]"
)
@click.option(
    "--tasks", type=click.IntRange(1), default=30, show_default=True, help="Tasks of the real episodes."
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Make and keep the run folders here."
)
@isolation_option
@data_option
@json_option
def exports(
    sizes: tuple[int, ...],
    formats: tuple[str, ...],
    tasks: int,
    out: Path | None,
    isolation: Isolation,
    data: Path,
    as_json: bool,
) -> None:
    """Time and memory of exports and lists over very many trajectories; needs gigabytes of disk."""
    from medgym.bench.exports import ExportsBench, bench_exports, real_episodes
    from medgym.trajectory.export.formats import FORMATS

    if unknown := set(formats) - set(FORMATS):
        raise click.UsageError(f"There is no format {', '.join(unknown)}, but {', '.join(FORMATS)}.")

    def work(folder: Path) -> ExportsBench:
        _tell("real episodes")
        anyio.run(lambda: real_episodes(store_at(data), isolation, folder / "real", tasks=tasks))
        return bench_exports(data, folder, sizes=sizes, formats=formats or tuple(FORMATS), tell=_tell)

    if out is not None:
        found = work(out)
    else:
        with tempfile.TemporaryDirectory(prefix="medgym-bench-") as folder:
            found = work(Path(folder))

    def human() -> None:
        rows = [
            (one.command, one.episodes, one.wall_s, one.peak_mib, one.records, one.files_mib)
            for one in found.measured
        ]
        table(["command", "episodes", "s", "peak MiB", "records", "MiB written"], rows)
        click.echo(f"{found.notebook_kib} KiB a notebook; {found.machine}")

    emit(found, as_json=as_json, human=human)


@command.command("show")
@click.argument(
    "results", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw them into this file: PNG, SVG or PDF.",
)
def show(results: Sequence[Path], plot: Path | None) -> None:
    """Print stored results of `bench kernels` as Markdown tables, or draw them."""
    from medgym.bench import show as shown

    try:
        found = [shown.read(path) for path in results]
        if plot is not None:
            shown.plot(found, plot)
            return
    except ValueError as error:
        raise click.UsageError(f"No result that can be shown: {error}") from error
    click.echo("\n\n".join(shown.markdown(each) for each in found))


def _keep(found: BaseModel, out: Path | None) -> None:
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _tell(what: str) -> None:
    click.echo(f"medgym: {what} ...", err=True)
