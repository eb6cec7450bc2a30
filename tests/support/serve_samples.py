"""A server of ours, for screens that show one."""

from pathlib import Path

from dsr1_tui.domain.server.record import ProcessMark, ServerRecord

MODEL = "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"
RECORD = ServerRecord(
    id="r1-1",
    profile=MODEL,
    model=MODEL,
    served_name=MODEL,
    host="127.0.0.1",
    port=8000,
    supervisor=ProcessMark(pid=1, started="1", boot="b"),
    log=Path("/state/servers/r1-1.log"),
    started=0.0,
    kept=False,
    ready_s=19.0,
)
