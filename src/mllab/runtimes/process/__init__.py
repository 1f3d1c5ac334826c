"""Workloads as plain processes of the lab's own user, each below its own supervisor."""
