from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.discovery import GIB, Gpu
from dsr1_tui.domain.doctor_facts import GpuHolder
from dsr1_tui.domain.server.diagnosis import StartCode
from dsr1_tui.domain.server.gpu_room import gpu_room, of_busy
from dsr1_tui.domain.server.model import ModelPlace, ModelState, known_facts
from dsr1_tui.domain.server.preflight import UTILIZATION, Concern, Grade, look_ahead
from dsr1_tui.domain.server.profile import DEFAULT_MODEL, ServerProfile, defaults, with_changes

MODEL = ModelState(model="m", place=ModelPlace.ABSENT, facts=known_facts(DEFAULT_MODEL))
TRAINER = GpuHolder(4711, "python3", 20 * GIB)


def card(free_gib: float, *holders: GpuHolder, gib: float = 24) -> Gpu:
    return Gpu("a GPU", int(gib * GIB), int(free_gib * GIB), holders)


def look(profile: ServerProfile, gpus: Sequence[Gpu]) -> tuple[Concern, ...]:
    return look_ahead(profile.over(defaults(cpu=False)), MODEL, gpus=gpus)


def test_a_free_gpu_is_not_spoken_of() -> None:
    assert look(ServerProfile(), (card(23.6), card(1.0, TRAINER))) == (), "the other is not used"


def test_a_busy_one_is_told_with_who_holds_it_and_another_is_offered() -> None:
    (concern,) = look(ServerProfile(gpus=("1",)), (card(23.6), card(3.2, TRAINER)))
    assert (concern.grade, concern.code) == (Grade.WARNING, StartCode.GPU_OUT_OF_MEMORY)
    assert "GPU 1 has 3.2 of 24.0 GiB free, held by python3 (process 4711, 20.0 GiB)" in concern.message
    assert "92% of it is asked for (22.1 GiB)" in concern.message
    assert [(flag.flag, flag.value) for flag in concern.flags] == [("--gpus", "0")]
    mended = with_changes(ServerProfile(gpus=("1",)), concern.flags)
    assert look(mended, (card(23.6), card(3.2, TRAINER))) == ()


def test_where_all_are_busy_the_share_that_is_free_is_offered_with_the_length_that_fits_it() -> None:
    gpus = (card(5.6, GpuHolder(7)),)
    busy, short = look(ServerProfile(), gpus)
    assert "a process of another user or container (process 7)" in busy.message
    assert [(flag.flag, flag.value) for flag in busy.flags] == [("--gpu-memory-utilization", "0.21")]
    assert short.code is StartCode.KV_CACHE_TOO_SMALL
    assert "what is free of a GPU's memory" in short.message
    assert look(with_changes(ServerProfile(), (*busy.flags, *short.flags)), gpus) == ()


def test_nothing_is_offered_where_next_to_nothing_is_free() -> None:
    busy, *_ = look(ServerProfile(), (card(0.3),))
    assert busy.flags == ()
    assert "processes that cannot be seen from here" in busy.message
    assert busy.hint == "End what holds it."


@pytest.mark.parametrize("size", [2, 4])
def test_several_are_needed(size: int) -> None:
    gpus = (card(23.6), card(2.0, TRAINER), card(23.6), card(23.6), card(23.6))
    concerns = look(ServerProfile(tensor_parallel_size=size), gpus)
    assert [flag.value for flag in concerns[0].flags] == [{2: "0,2", 4: "0,2,3,4"}[size]]


def test_cards_that_do_not_tell_and_names_that_are_not_numbers_are_left_out() -> None:
    unknown = Gpu("GB10")
    assert look(ServerProfile(), (unknown,)) == ()
    assert gpu_room(ServerProfile(gpus=("GPU-aa", "9")), (card(1.0),), UTILIZATION).used == ()


@given(
    st.lists(st.tuples(st.floats(0, 24), st.sampled_from([16.0, 24.0])), min_size=1, max_size=6),
    st.integers(1, 4),
    st.floats(0.05, 1.0),
)
def test_what_is_offered_has_room(cards: list[tuple[float, float]], need: int, share: float) -> None:
    gpus = tuple(card(min(free, gib), gib=gib) for free, gib in cards)
    room = gpu_room(ServerProfile(tensor_parallel_size=need), gpus, share)
    assert set(room.busy) <= set(room.used)
    for number in room.instead:
        gpu = gpus[number]
        assert (gpu.free_bytes or 0) >= share * (gpu.memory_bytes or 0)
    for concern in of_busy(room, gpus, share):
        for flag in concern.flags:
            if flag.flag == "--gpu-memory-utilization":
                smaller = float(flag.value or 0)
                assert smaller < share
                assert all((gpus[n].free_bytes or 0) >= smaller * (gpus[n].memory_bytes or 0) for n in room.busy)
