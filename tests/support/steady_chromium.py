#!/usr/bin/env python3
"""A program: the Chromium that LAB_TEST_CHROMIUM names, but deaf to networks that come and go.

Each container that a test beside this one starts brings a network interface, upon which Chromium
fails every request that still waits for a connection (ERR_NETWORK_CHANGED) and tries none again;
it has no option against that. Without the kernel's news it takes the network as steady. So the
kernel refuses it that one kind of socket (seccomp), to it and whatever it starts.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
import struct
import sys

_SOCKET_CALL = {"x86_64": 41, "aarch64": 198}
_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EAFNOSUPPORT


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def _refuse_news() -> None:
    """Let this process, and all it becomes, open no netlink socket."""
    steps = [
        (_LOAD, 0, 0, 0),  # the call's number
        (_IF_EQUAL, 0, 3, _SOCKET_CALL[platform.machine()]),
        (_LOAD, 0, 0, 16),  # its first argument: the family
        (_IF_EQUAL, 0, 1, socket.AF_NETLINK),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    program = _Program(len(steps), b"".join(struct.pack("HBBI", *step) for step in steps))
    libc = ctypes.CDLL(None, use_errno=True)
    for call in ((_NO_NEW_PRIVS, 1, 0, 0, 0), (_SET_SECCOMP, _FILTER, ctypes.byref(program))):
        if libc.prctl(*call):
            raise OSError(ctypes.get_errno(), "the kernel takes no filter of calls")


if __name__ == "__main__":
    _refuse_news()
    chromium = os.environ["LAB_TEST_CHROMIUM"]
    os.execv(chromium, [chromium, *sys.argv[1:]])  # noqa: S606 - no shell is what we want
