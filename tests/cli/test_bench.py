"""The benchmark runs and tells what json.md says; its figures are for people, not for tests."""

import pytest

from tests._requirements import requirement
from tests.cli.conftest import Medgym


@pytest.mark.ci
@requirement("bench:kernels")
def test_the_kernel_benchmark_runs(medgym: Medgym) -> None:
    found = medgym("bench", "kernels", "--rounds", "1", "--json")
    assert found.code == 0, found.err
    told = found.json
    assert set(told) >= {"isolation", "ratios", "pss_mib", "starts_per_s", "machine"}
    assert told["ratios"]["zygote_vs_stock_pandas"] > 0
    assert told["ratios"]["roundtrip_vs_stock"] > 0
    assert set(told["pss_mib"]) == {"stock_pandas", "zygote_idle", "zygote_active"}


@requirement("bench:store")
def test_the_store_benchmark_runs(medgym: Medgym) -> None:
    found = medgym("bench", "store", "--size", "100", "--size", "300", "--json")
    assert found.code == 0, found.err
    sizes = found.json["sizes"]
    assert [size["tasks"] for size in sizes] == [100, 300]
    assert all(
        size[key] > 0 for size in sizes for key in ("build_s", "page_ms", "search_ms", "request_info_ms")
    )
