"""A stored result as a Markdown table or a plot. What is drawn is what the file says, nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter

from medgym.bench.growth import Growth
from medgym.bench.kernels import KernelBench
from medgym.bench.soak import Soak

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Result = KernelBench | Growth | Soak
_RESULT: TypeAdapter[Result] = TypeAdapter(Result)
_WAYS = {
    "pool": "medgym, ready kernel",
    "zygote": "medgym, new fork",
    "stock": "stock Jupyter kernel",
    "reference_loop": "new process, polled",
}
_Found = TypeVar("_Found", KernelBench, Growth, Soak)


def read(path: Path) -> Result:
    """Raises:
    ValueError: the file holds no result of a benchmark of kernels.
    """
    return _RESULT.validate_json(path.read_bytes())


def markdown(result: Result) -> str:
    """The result as a table, with the machine below it."""
    match result:
        case KernelBench():
            rows = _kernel_rows(result)
        case Growth():
            return _with_machine(_growth_table(result), result)
        case Soak():
            rows = _soak_rows(result)
    return _with_machine(_table(["what", "measured"], rows), result)


def plot(results: list[Result], path: Path) -> None:
    """Draw start times, memory and growth, as far as the results have them.

    Raises:
        ValueError: none of the results can be drawn.
    """
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot

    bench = _last(results, KernelBench)
    growth = _last(results, Growth)
    panels = (2 if bench else 0) + (1 if growth else 0)
    if not panels:
        raise ValueError(
            "There is nothing to draw: give a result of `bench kernels`, with or without --growth."
        )
    figure, axes = pyplot.subplots(
        1, panels, figsize=(4.4 * panels, 3.4), squeeze=False, layout="constrained"
    )
    left = iter(axes[0])
    if bench:
        _draw_starts(next(left), bench)
        _draw_memory(next(left), bench)
    if growth:
        _draw_growth(next(left), growth)
    figure.savefig(path, dpi=150)
    pyplot.close(figure)


def _draw_starts(ax: "Axes", bench: KernelBench) -> None:
    milliseconds = [bench.times_s[name].median * 1000 for name in _WAYS]
    bars = ax.barh(list(_WAYS.values()), milliseconds, color=["#2a6f97", "#61a5c2", "#999", "#bbb"])
    ax.bar_label(bars, fmt="%.0f", padding=3)
    ax.set(xscale="log", xlabel="ms to a first result with pandas", title="Start")
    ax.set_xlim(right=max(milliseconds) * 4)


def _draw_memory(ax: "Axes", bench: KernelBench) -> None:
    sizes = [crowd.kernels for crowd in bench.crowds]
    for key, label in (
        ("idle", "idle"),
        ("after_1_plus_1", "after 1+1"),
        ("after_groupby", "after a groupby"),
    ):
        ax.plot(sizes, [getattr(crowd, key) for crowd in bench.crowds], marker="o", label=label)
    if bench.pss_mib.stock_pandas is not None:
        ax.axhline(bench.pss_mib.stock_pandas, color="#999", linestyle="--", label="stock kernel")
    ax.set(xlabel="kernels", ylabel="MiB a kernel (PSS)", title="Memory", ylim=(0, None))
    ax.legend(frameon=False, fontsize="small")


def _draw_growth(ax: "Axes", growth: Growth) -> None:
    sizes = [step.kernels for step in growth.steps]
    for values, label in (
        ([step.start_s * 1000 for step in growth.steps], "start, ms"),
        ([step.execute_s * 1000 for step in growth.steps], "1+1, ms"),
        ([step.pss_mib or float("nan") for step in growth.steps], "PSS, MiB"),
    ):
        ax.plot(sizes, values, marker="o", label=label)
    ax.set(xscale="log", yscale="log", xlabel="live kernels", title="One more kernel")
    ax.legend(frameon=False, fontsize="small")


def _kernel_rows(found: KernelBench) -> list[tuple[str, ...]]:
    r, times = found.ratios, found.times_s
    trips = [times[f"roundtrip_{name}"].median * 1000 for name in ("zygote", "stock")]
    rates = [f"{n}: {rate:.0f}" for n, rate in found.executions_per_s.items()]
    faster = "times faster than stock / new process polled"
    rows: list[tuple[str, ...]] = [
        (
            f"first result with pandas: {label}",
            f"{times[name].median * 1000:.1f} ms (p95 {_ms(times[name].p95)})",
        )
        for name, label in _WAYS.items()
    ]
    rows += [
        (f"ready kernel, {faster}", f"{r.pool_vs_stock_pandas:.0f} / {r.pool_vs_reference_loop:.0f}"),
        (f"new fork, {faster}", f"{r.zygote_vs_stock_pandas:.1f} / {r.zygote_vs_reference_loop:.1f}"),
        ("`1+1`, medgym / stock", f"{trips[0]:.1f} / {trips[1]:.1f} ms = {r.roundtrip_vs_stock:.2f}"),
        ("isolated starts a second", f"{found.starts_per_s:.0f}"),
        ("executions a second, by kernels at once", ", ".join(rates)),
    ]
    for crowd in found.crowds:
        steps = map(_number, (crowd.idle, crowd.after_1_plus_1, crowd.after_groupby, crowd.after_gc))
        what = f"MiB a kernel of {crowd.kernels}: idle, after `1+1`, groupby, gc.collect"
        rows.append((what, ", ".join(steps)))
    rows.append(("MiB of a stock kernel with pandas", _number(found.pss_mib.stock_pandas)))
    return rows


def _soak_rows(found: Soak) -> list[tuple[str, ...]]:
    idle, end = found.memory_idle, found.memory_end
    return [
        (
            "kernels, minutes, seconds between executions",
            f"{found.kernels}, {found.minutes:g}, {found.every_s:g}",
        ),
        ("executions, lost", f"{found.executions}, {found.lost}"),
        ("slowest execution", f"{found.slowest_s * 1000:.0f} ms"),
        ("kernels that died", str(found.died)),
        (
            "MiB idle: kernels, server, fork server",
            ", ".join(map(_number, (idle.kernels, idle.server, idle.fork_servers))),
        ),
        (
            "MiB at the end: kernels, server, fork server",
            ", ".join(map(_number, (end.kernels, end.server, end.fork_servers))),
        ),
        (
            "taken from the machine, idle / end",
            f"{idle.taken_from_machine:.0f} / {end.taken_from_machine:.0f} MiB",
        ),
        ("cores used while idle", f"{found.idle_cpu_cores:.3f}"),
        ("started in, closed in", f"{found.started_s:.0f} s, {found.closed_s:.0f} s"),
        ("left behind", ", ".join(f"{n} {kind}" for kind, n in found.left.items()) or "nothing"),
    ]


def _growth_table(found: Growth) -> str:
    headers = ["live kernels", "start ms", "server CPU ms", "fork server CPU ms", "`1+1` ms", "server CPU ms"]
    headers += ["close ms", "MiB a kernel", "server MiB", "fork server MiB", "threads", "descriptors"]
    rows: list[tuple[str, ...]] = [
        (
            str(step.kernels),
            *map(_ms, (step.start_s, step.start_cpu_server_s, step.start_cpu_fork_server_s)),
            *map(_ms, (step.execute_s, step.execute_cpu_server_s, step.close_s)),
            *map(_number, (step.pss_mib, step.server_pss_mib, step.fork_servers_pss_mib)),
            str(step.server_threads),
            str(step.server_descriptors),
        )
        for step in found.steps
    ]
    return _table(headers, rows)


def _table(headers: list[str], rows: list[tuple[str, ...]]) -> str:
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _with_machine(text: str, found: Result) -> str:
    m = found.machine
    return (
        f"{text}\n\nIsolation `{found.isolation}`; {m['cores']} cores, {m['memory_gib']} GiB,"
        f" load {m['load_1min']} at the start; {m['system']}, Python {m['python']},"
        f" ipykernel {m['ipykernel']}, pyzmq {m['pyzmq']};"
        f" `{m['command']}`, {m['date']}, commit {m['commit']}."
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _last(results: list[Result], kind: type[_Found]) -> _Found | None:
    return next((found for found in reversed(results) if isinstance(found, kind)), None)
