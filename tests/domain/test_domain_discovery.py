import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.discovery import (
    GIB,
    PLACES,
    Findings,
    FoundServer,
    Gpu,
    Looked,
    MachineFacts,
    Place,
    Speech,
    VllmPlace,
    describe,
    machine_parts,
    server_parts,
)

BARE = Findings(
    servers=tuple(Looked(place, None) for place in PLACES),
    machine=MachineFacts(memory_bytes=24 * GIB, disk_free_bytes=82 * 10**9),
)
H200 = Gpu("NVIDIA H200", 140 * GIB)


def found(speech: Speech, *models: str) -> Findings:
    servers = [Looked(PLACES[0], None), Looked(PLACES[1], FoundServer(speech, models)), Looked(PLACES[2], None)]
    return Findings(servers=tuple(servers), configured=("lab", "home"))


def test_a_bare_machine_reads_as_in_the_sketch() -> None:
    assert describe(BARE, 120) == (
        "Looked for a server:   nothing on localhost:8000, 11434, 8080, 30000, 1234 · config: none",
        "This machine:          no CUDA GPU · 24 GiB memory · 82 GB disk free · vLLM not installed",
    )


def test_what_is_not_known_yet_is_still_being_looked_for() -> None:
    assert describe(Findings(configured=("lab",))) == (
        "Looked for a server:   looking … · config: lab",
        "This machine:          looking …",
    )


def test_a_narrow_screen_breaks_between_facts() -> None:
    assert describe(BARE, 62)[2:] == (
        "This machine:          no CUDA GPU · 24 GiB memory",
        "                       82 GB disk free · vLLM not installed",
    )
    assert describe(BARE, 40)[-4:] == (
        "  8080, 30000, 1234 · config: none",
        "This machine:",
        "  no CUDA GPU · 24 GiB memory",
        "  82 GB disk free · vLLM not installed",
    )


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        (found(Speech.API, "qwen", "llama"), "localhost:11434 qwen, llama"),
        (found(Speech.API, "a", "b", "c", "d"), "localhost:11434 a, b and 2 more"),
        (found(Speech.API), "localhost:11434 a server without a model (Ollama's port)"),
        (found(Speech.LOCKED), "localhost:11434 a server that wants a key"),
        (found(Speech.OTHER), "localhost:11434 something else"),
        (found(Speech.SILENT), "localhost:11434 does not answer"),
    ],
)
def test_each_thing_that_listens_is_told_before_the_empty_places(findings: Findings, said: str) -> None:
    assert server_parts(findings) == (said, "nothing on localhost:8000, 8080", "config: lab, home")


def test_empty_places_of_several_hosts_are_told_by_host() -> None:
    places = (Place("localhost", 8000, "vLLM"), Place("gpu-box", 8000, "vLLM"), Place("localhost", 1234, "LM Studio"))
    findings = Findings(servers=tuple(Looked(place, None) for place in places))
    assert server_parts(findings)[:2] == ("nothing on localhost:8000, 1234", "nothing on gpu-box:8000")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (MachineFacts(), ("no CUDA GPU", "vLLM not installed")),
        (MachineFacts(gpus=(H200,), vllm=VllmPlace.ENGINE), ("NVIDIA H200, 140 GiB", "vLLM installed")),
        (
            MachineFacts(gpus=(H200, H200), vllm=VllmPlace.HERE),
            ("2 × NVIDIA H200, 140 GiB", "vLLM in this environment"),
        ),
        (MachineFacts(gpus=(H200, Gpu("A")), vllm=VllmPlace.PATH), ("NVIDIA H200, 140 GiB", "A", "vLLM on the PATH")),
    ],
)
def test_the_machine_is_told_fact_by_fact(facts: MachineFacts, said: tuple[str, ...]) -> None:
    assert machine_parts(Findings(machine=facts)) == said


def test_only_servers_that_speak_the_api_can_be_connected_to() -> None:
    assert [item.place.port for item in found(Speech.API, "m").usable] == [11434]
    assert [item.place.port for item in found(Speech.LOCKED).usable] == [11434]
    assert found(Speech.OTHER).usable == found(Speech.SILENT).usable == BARE.usable == Findings().usable == ()


names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=80)


@settings(deadline=None)
@given(st.lists(names, max_size=4), st.integers(30, 200))
def test_no_line_is_wider_than_the_screen_and_no_word_is_lost(models: list[str], width: int) -> None:
    findings = found(Speech.API, *models)
    lines = describe(findings, width)
    assert max(map(len, lines)) <= width
    said = "".join("".join(lines).split()).replace("·", "")
    assert all("".join(part.split()).replace("·", "") in said for part in server_parts(findings))
