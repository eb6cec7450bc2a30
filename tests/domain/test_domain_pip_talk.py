import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.fault import FaultCode
from dsr1_tui.domain.pip_talk import file_named, progress, trouble

OFFLINE = """\
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by \
'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new \
connection: [Errno -2] Name or service not known')': /simple/torch/
ERROR: Could not find a version that satisfies the requirement torch==2.13.0+cpu (from versions: none)
ERROR: No matching distribution found for torch==2.13.0+cpu"""


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (OFFLINE, "cannot be reached"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("WARNING: Retrying (...) ... 'ProxyError('Cannot connect to proxy.', ...)': /simple/x/\nERROR: No", "proxy"),
        (
            "Could not fetch URL: SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]",
            "trust",
        ),
        ("pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(...): Read timed out.", "broke off"),
        ("ERROR: HTTP error 403 while getting https://index/torch.whl", "refuses access"),
        ("ERROR: 503 Server Error: Service Unavailable for url: https://index/torch", "in trouble"),
        ("ERROR: No matching distribution found for torch==2.13.0+cpu", "no torch==2.13.0+cpu for this machine"),
        ("ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'", "may not write"),
        ("The virtual environment was not created successfully because ensurepip is not available.", "venv module"),
        ("ERROR: Cannot install a and b because these have conflicting dependencies.", "conflicting dependencies"),
        ("Traceback (most recent call last):\nImportError: libnuma.so.1: cannot open", "libnuma.so.1"),
        ("nothing that is understood", "“PyTorch” failed with code 1."),
    ],
)
def test_why_pip_failed_in_one_sentence(said: str, words: str) -> None:
    fault = trouble("PyTorch", said.splitlines(), 1)
    assert fault.code is FaultCode.ENGINE_INSTALL
    assert words in fault.message
    assert "\n" not in fault.line
    assert "Traceback" not in fault.line
    assert fault.hint


def test_a_command_that_was_killed() -> None:
    assert "signal 9" in trouble("try it", ["Importing"], -9).message


def test_how_far_a_download_is() -> None:
    assert progress("Progress 524288 of 190123456") == (524288, 190123456)
    assert progress("Progressing") is None
    assert file_named("  Downloading torch-2.13.0-cp311-cp311-linux_x86_64.whl.metadata (29 kB)") is None
    assert (
        file_named("  Downloading https://x/y/torch-2.13.0-cp311-linux.whl (190.1 MB)")
        == "torch-2.13.0-cp311-linux.whl"
    )
    assert file_named("Downloading numpy-2.3.5.tar.gz (5 MB)") == "numpy-2.3.5.tar.gz"
    assert file_named("Collecting torch") is None


@given(st.lists(st.text()), st.integers(-64, 255))
def test_any_output_gives_one_line(lines: list[str], code: int) -> None:
    fault = trouble("step", lines, code)
    assert fault.message
    assert len(fault.message.splitlines()) == 1
