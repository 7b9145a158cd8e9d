"""The benchmarks run and tell what they say; their figures are for people, not for tests."""

import json
from pathlib import Path

import pytest

from tests._requirements import requirement
from tests.cli.conftest import Medgym

SMALL = ("--rounds", "1", "--crowds", "2", "--busy", "1,2")


@pytest.mark.ci
@requirement("bench:kernels")
@requirement("bench:documents")
def test_the_kernel_benchmark_runs_and_its_result_can_be_shown(medgym: Medgym, tmp_path: Path) -> None:
    file, drawn = tmp_path / "results" / "kernels.json", tmp_path / "kernels.svg"
    found = medgym("bench", "kernels", *SMALL, "--out", str(file), "--json")
    assert found.code == 0, found.err
    told = found.json
    assert told == json.loads(file.read_text(encoding="utf-8"))
    assert set(told) >= {"isolation", "ratios", "pss_mib", "starts_per_s", "executions_per_s", "machine"}
    assert set(told["ratios"]) >= {"pool_vs_stock_pandas", "zygote_vs_stock_pandas", "roundtrip_vs_stock"}
    assert told["ratios"]["pool_vs_reference_loop"] > 0
    assert set(told["pss_mib"]) == {"stock_pandas", "zygote_idle", "zygote_active"}
    assert [crowd["kernels"] for crowd in told["crowds"]] == [2]
    assert set(told["executions_per_s"]) == {"1", "2"}
    assert set(told["machine"]) >= {"cores", "memory_gib", "load_1min", "python", "commit", "command", "date"}
    shown = medgym("bench", "show", str(file))
    ours = 1000 * told["times_s"]["roundtrip_zygote"]["median"]
    assert f"| `1+1`, medgym / stock | {ours:.1f} /" in shown.out
    assert medgym("bench", "show", str(file), "--plot", str(drawn)).code == 0
    assert "<svg" in drawn.read_text(encoding="utf-8")


@pytest.mark.ci
@requirement("bench:soak")
@requirement("bench:documents")
def test_a_small_soak_loses_nothing_and_leaves_nothing(medgym: Medgym, tmp_path: Path) -> None:
    file = tmp_path / "soak.json"
    options = ("--soak", "--kernels", "4", "--minutes", "0.05", "--every-s", "1", "--out", str(file))
    told = medgym("bench", "kernels", *options, "--json").json
    assert (told["kernels"], told["executions"], told["lost"], told["died"]) == (4, 4 + 3 * 4, 0, 0)
    assert told["left"] == {}
    assert "| executions, lost | 16, 0 |" in medgym("bench", "show", str(file)).out
    assert "nothing to draw" in medgym("bench", "show", str(file), "--plot", str(tmp_path / "x.png")).err


@pytest.mark.ci
@requirement("bench:growth")
def test_growth_is_measured_at_each_size(medgym: Medgym) -> None:
    told = medgym("bench", "kernels", "--growth", "--sizes", "1,3", "--json").json
    assert [step["kernels"] for step in told["steps"]] == [1, 3]
    assert all(step["start_s"] > 0 and step["execute_s"] > 0 for step in told["steps"])
    assert told["steps"][0]["server_descriptors"] < told["steps"][1]["server_descriptors"]


@requirement("bench:documents")
def test_what_is_no_result_is_refused_in_one_sentence(medgym: Medgym, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    shown = medgym("bench", "show", str(tmp_path / "other.json"))
    assert (shown.code, "No result that can be shown" in shown.err) == (2, True)
    assert "whole numbers above 0" in medgym("bench", "kernels", "--crowds", "ten").err


@requirement("bench:store")
def test_the_store_benchmark_runs(medgym: Medgym, tmp_path: Path) -> None:
    out = tmp_path / "results" / "store.json"
    found = medgym("bench", "store", "--size", "100", "--size", "300", "--out", str(out), "--json")
    assert found.code == 0, found.err
    assert json.loads(out.read_text(encoding="utf-8")) == found.json
    sizes = found.json["sizes"]
    assert [size["tasks"] for size in sizes] == [100, 300]
    assert all(
        size[key] > 0 for size in sizes for key in ("build_s", "page_ms", "search_ms", "request_info_ms")
    )


@pytest.mark.ci
@requirement("bench:exports")
def test_the_benchmark_of_exports_runs_and_goes_on_where_it_was(medgym: Medgym, tmp_path: Path) -> None:
    options = ["--tasks", "3", "--out", str(tmp_path), "--format", "sft", "--format", "preference", "--json"]
    found = medgym("bench", "exports", "--episodes", "30,60", *options)
    assert found.code == 0, found.err
    measured = found.json["measured"]
    assert found.json["real_episodes"] == 6
    exports = {(one["command"], one["episodes"]): one["records"] for one in measured if one["records"]}
    assert exports[("export sft", 30)] * 2 == exports[("export sft", 60)] == 30
    assert exports[("export preference", 60)] > 0
    assert all(one["wall_s"] > 0 and one["peak_mib"] > 0 for one in measured)
    again = medgym("bench", "exports", "--episodes", "30,60", *options).json
    assert again["measured"] == measured
    assert "no format tea" in medgym("bench", "exports", "--format", "tea").err


@pytest.mark.ci
@requirement("bench:worlds")
def test_the_benchmark_of_worlds_builds_each_and_asks_every_kind(medgym: Medgym, tmp_path: Path) -> None:
    out = tmp_path / "worlds.json"
    sizes = ("--world", "mimic_iii", "--patients", "20,40", "--terms", "5", "--out", str(out))
    found = medgym("bench", "worlds", *sizes, "--json")
    assert found.code == 0, found.err
    assert json.loads(out.read_text(encoding="utf-8")) == found.json
    small, large = found.json["worlds"]
    assert (small["patients"], large["patients"]) == (20, 40)
    assert small["rows"] < large["rows"]
    assert small["build"]["mb"] < large["build"]["mb"]
    for step in ("build", "index"):
        assert large[step]["peak_mib"] >= large[step]["idle_mib"] > 0
    asked = large["request_info"]
    assert {kind.split()[0] for kind in asked} == {"tables", "columns", "values", "term"}
    assert all(one["questions"] > 0 and one["worst"] >= one["p50"] > 0 for one in asked.values())
    shown = medgym("bench", "worlds", "--world", "mimic_iii", "--patients", "20", "--terms", "1").out
    assert "term misspelt" in shown
