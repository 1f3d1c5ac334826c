"""What runs inside a workload before its program: environment, code, the lab's own programs.

Standard library only, and on any Python 3.11 or newer: on a machine it is run by the base
interpreter, in a container by the image's.
"""
