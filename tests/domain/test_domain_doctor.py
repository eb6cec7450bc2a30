import json

import pytest

from dsr1_tui.domain.doctor import (
    KINDS,
    Check,
    CheckId,
    Report,
    State,
    Topic,
    check_lines,
    failed,
    passed,
    repeated,
    skipped,
    typed_all,
    warned,
)
from dsr1_tui.domain.server.diagnosis import FlagChange

OK = passed(CheckId.PYTHON, "3.11")
WARN = warned(CheckId.PORT, "8000 is taken", "Take another.", "by nginx")
FAIL = failed(CheckId.CONFIG, "no TOML", "Correct it.")
SKIPPED = skipped(CheckId.GPU, "none", "Install a driver.")


@pytest.mark.parametrize("state", [State.WARN, State.FAIL, State.SKIPPED])
def test_what_is_not_well_has_a_remedy(state: State) -> None:
    with pytest.raises(ValueError, match="gpu"):
        Check(id=CheckId.GPU, state=state, found="something")


@pytest.mark.parametrize(
    ("checks", "verdict"),
    [
        ((), State.OK),
        ((OK, SKIPPED), State.OK),
        ((OK, WARN, SKIPPED), State.WARN),
        ((WARN, FAIL, OK), State.FAIL),
    ],
)
def test_the_verdict_is_the_worst_there_is(checks: tuple[Check, ...], verdict: State) -> None:
    assert Report(checks).verdict is verdict


def test_the_report_is_told_in_one_order_whichever_ended_first() -> None:
    one, other = Report((WARN, OK, SKIPPED, FAIL)), Report((FAIL, SKIPPED, OK, WARN))
    assert one.as_object() == other.as_object()
    assert [check.id for check in one.ordered] == [CheckId.PYTHON, CheckId.GPU, CheckId.CONFIG, CheckId.PORT]
    assert one.summary == "1 ok, 1 warning, 1 failed, 1 skipped"


def test_json_holds_every_field() -> None:
    told = json.loads(json.dumps(Report((WARN, OK)).as_object()))
    assert told["verdict"] == "warn"
    assert told["counts"] == {"ok": 1, "warn": 1, "fail": 0, "skipped": 0}
    assert told["checks"][1] == {
        "id": "port",
        "topic": "Serving a model here",
        "title": "port",
        "state": "warn",
        "found": "8000 is taken",
        "remedy": "Take another.",
        "detail": ["by nginx"],
    }


def test_lines_have_mark_word_detail_and_remedy() -> None:
    head, detail, remedy = check_lines(WARN)
    assert head.split() == ["!", "warning", "port", "8000", "is", "taken"]
    assert detail.strip() == "by nginx"
    assert remedy.strip() == "→ Take another."
    assert len(check_lines(OK)) == 1
    assert len({state.mark for state in State}) == len({state.word for state in State}) == len(State)


def test_every_check_has_a_place_and_the_topics_stand_together() -> None:
    assert list(KINDS) == list(CheckId)
    topics = [kind.topic for kind in KINDS.values()]
    assert [topic for at, topic in enumerate(topics) if at == 0 or topics[at - 1] is not topic] == list(Topic)


def test_changed_flags_as_one_types_them() -> None:
    changes = (
        FlagChange(flag="--max-model-len", value="768"),
        FlagChange(flag="--enforce-eager", value=""),
        FlagChange(flag="--quantization", value=None),
    )
    assert typed_all(changes) == ["--max-model-len 768", "--enforce-eager", "without --quantization"]


def test_a_remedy_of_skipped_checks_is_told_once() -> None:
    ids = (CheckId.TOKENIZE, CheckId.ENDPOINT, CheckId.CLOCK)
    checks = [skipped(known, "no endpoint", "Start one.") for known in ids]
    same = repeated([*checks, failed(CheckId.INTERVAL, "it failed", "Start one.")])
    assert same == {CheckId.CLOCK, CheckId.TOKENIZE}, "not the first that is shown, not one that failed"
    assert not any("Start one." in line for line in check_lines(checks[0], remedy=False))
