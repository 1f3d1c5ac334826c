"""Workloads as containers of a Docker Engine, a network per project between them."""
