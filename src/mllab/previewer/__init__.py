"""Reads the beginning of a file somebody uploaded: the one place that parses such bytes.

Runs as a child process of the lab (`python -I -m mllab.previewer`), one file each, with
limits on memory, time and what it may open (`__main__.py`). Knows one path and the
standard library and DuckDB; nothing of the lab, whose process never imports this.
"""
