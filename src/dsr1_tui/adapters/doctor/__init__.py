"""Looks at machine, terminal, files and server for the doctor; changes nothing and ends nothing."""
