"""What the end-to-end tests share: one real vLLM for all of them, which run in one worker."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from support.cli import clean_environ
from support.recording_proxy import RecordingProxy
from support.vllm_server import VllmServer, engine_folder, provide_engine, serving


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All tests of this folder need vLLM: `-m "not vllm"` leaves them out; those that take minutes wait to be named."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.vllm)
            item.add_marker(pytest.mark.xdist_group("vllm"))
    if "failures" not in config.getoption("markexpr"):
        left = [item for item in items if item.get_closest_marker("failures")]
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> Path:
    """The interpreter of an environment with vLLM in it."""
    return provide_engine(engine_folder(os.environ), lambda line: _say(request, line))


@pytest.fixture(scope="session")
def vllm(
    engine: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[VllmServer]:
    """The server that all tests share."""
    with serving(engine, tmp_path_factory.mktemp("vllm"), lambda line: _say(request, line)) as server:
        yield server


def _say(request: pytest.FixtureRequest, line: str) -> None:
    """Tell it on the terminal at once: it takes minutes, and a silent test run looks dead."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    reporter = request.config.pluginmanager.getplugin("terminalreporter")
    if reporter is not None and capture is not None:
        with capture.global_and_fixture_disabled():
            reporter.write_line(line)


@pytest.fixture
def proxy(vllm: VllmServer) -> Generator[RecordingProxy]:
    """The server through a proxy that keeps what is asked of it."""
    with RecordingProxy(vllm.port) as proxy:
        yield proxy


@pytest.fixture
def env(tmp_path: Path, proxy: RecordingProxy) -> dict[str, str]:
    """The environment of a user of the proxy's endpoint who has used nothing yet."""
    return clean_environ(tmp_path, DSR1_BASE_URL=proxy.base_url)
