"""The `dsr1-chat` command and its sub-commands."""
