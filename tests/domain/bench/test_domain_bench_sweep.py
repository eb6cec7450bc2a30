import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.bench.sweep import MOST_SETTINGS, Sweep, cross, parse_sweep
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.sampling_fields import FIELDS, Kind

NUMBERS = [spec for spec in FIELDS if spec.kind is not Kind.STRINGS]


@pytest.mark.parametrize(
    ("text", "sweep"),
    [
        ("temperature=0.3,0.6,0.8,1.2", Sweep("temperature", (0.3, 0.6, 0.8, 1.2))),
        (" --top-p = 0.9 , 1 ", Sweep("top_p", (0.9, 1.0))),
        ("max_tokens=512,server", Sweep("max_tokens", (512, None))),
        ("top_k=20", Sweep("top_k", (20,))),
        ("stop=END,\\n\\n", Sweep("stop", (("END",), ("\n\n",)))),
    ],
)
def test_what_is_typed(text: str, sweep: Sweep) -> None:
    assert parse_sweep(text) == sweep


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("temprature=1", ("“temprature” is no setting", "nearest is temperature")),
        ("0.3,0.6", ("is no setting",)),
        ("max-token=5", ("nearest is max_tokens",)),
        ("temperature", ("no values",)),
        ("temperature= ", ("no values",)),
        ("temperature=0.3,,0.6", ("value is missing",)),
        ("temperature=0.3,2.1", ("temperature=2.1", "must be 0 to 2")),
        ("top_p=0", ("above 0, at most 1",)),
        ("temperature=warm", ("needs a number", "It may be 0 to 2")),
        ("top_k=1.5", ("whole number",)),
        ("temperature=0.6,0.60", ("0.60 stands there twice",)),
        ("max_tokens=" + "9" * 400, ("must be",)),
    ],
)
def test_what_is_refused_in_one_line(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(FaultError) as caught:
        parse_sweep(text)
    fault = caught.value.fault
    assert fault.code is FaultCode.USAGE
    assert "\n" not in fault.line
    assert len(fault.line) < 300
    for word in words:
        assert word in fault.line


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_sweep_or_one_line(text: str) -> None:
    assert all(line.isprintable() for line in faults_of(text))


def faults_of(text: str) -> list[str]:
    try:
        parse_sweep(text)
    except FaultError as error:
        return [error.fault.line]
    return []


@st.composite
def sweeps(draw: st.DrawFn) -> list[Sweep]:
    specs = draw(st.lists(st.sampled_from(NUMBERS), unique_by=lambda spec: spec.name, max_size=3))
    values = st.lists(st.integers(1, 2), min_size=1, max_size=2, unique=True)
    return [Sweep(spec.name, tuple(draw(values))) for spec in specs]


@settings(max_examples=50)
@given(sweeps())
def test_a_cross_product_has_every_combination_once(found: list[Sweep]) -> None:
    base = Sampling(temperature=0.1, stop=("x",))
    made = cross(base, found)
    number = 1
    for sweep in found:
        number *= len(sweep.values)
    assert len(set(made)) == len(made) == number
    names = {sweep.field for sweep in found}
    for one in made:
        assert all(one.get(sweep.field) in sweep.values for sweep in found)
        assert all(one.get(spec.name) == base.get(spec.name) for spec in FIELDS if spec.name not in names)


def test_the_last_sweep_changes_fastest() -> None:
    made = cross(Sampling(), [Sweep("temperature", (0.3, 0.6)), Sweep("top_p", (0.9, None))])
    assert [(one.temperature, one.top_p) for one in made] == [(0.3, 0.9), (0.3, None), (0.6, 0.9), (0.6, None)]


def test_a_field_swept_twice_and_too_many_settings_are_refused() -> None:
    with pytest.raises(FaultError, match="names top_k twice"):
        cross(Sampling(), [Sweep("top_k", (1,)), Sweep("top_k", (2,))])
    many = Sweep("seed", tuple(range(MOST_SETTINGS + 1)))
    with pytest.raises(FaultError, match="256 are the most"):
        cross(Sampling(), [many])
