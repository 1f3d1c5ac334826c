"""Runs one cell in a workspace, as a browser does: over the kernel's WebSocket.

    python examples/walk/cell.py http://localhost:8080 ann < cell.txt

The token comes from LAB_API_TOKEN. Prints what the cell prints; exit code 1 if it fails.
"""

import json
import os
import sys
import uuid

import httpx
from websockets.sync.client import connect


def run_cell(lab: str, user: str, token: str, code: str) -> tuple[bool, str]:
    """Start a kernel in the user's workspace, run `code`, and return (fine, output)."""
    headers = {"Authorization": f"Bearer {token}"}
    kernels = f"{lab}/workspaces/{user}/api/kernels"
    answer = httpx.post(kernels, headers=headers, json={"name": "python3"}, timeout=60)
    answer.raise_for_status()
    kernel = answer.json()["id"]
    try:
        url = f"{kernels}/{kernel}/channels".replace("http", "ws", 1)
        with connect(url, additional_headers=headers, max_size=None, open_timeout=30) as socket:
            return _execute(socket, code)
    finally:
        httpx.delete(f"{kernels}/{kernel}", headers=headers, timeout=60)


def _execute(socket, code: str) -> tuple[bool, str]:
    request = uuid.uuid4().hex
    header = {"msg_id": request, "msg_type": "execute_request", "username": "", "session": request}
    content = {"code": code, "silent": False, "stop_on_error": True}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    socket.send(json.dumps({**message, "channel": "shell"}))
    output: list[str] = []
    while True:
        reply = json.loads(socket.recv(timeout=120))
        if reply["parent_header"].get("msg_id") != request:
            continue
        if reply["msg_type"] == "stream":
            output.append(reply["content"]["text"])
        elif reply["msg_type"] == "error":
            output.append("\n".join(reply["content"]["traceback"]))
        elif reply["msg_type"] == "execute_reply":
            return reply["content"]["status"] == "ok", "".join(output)


if __name__ == "__main__":
    fine, text = run_cell(sys.argv[1], sys.argv[2], os.environ["LAB_API_TOKEN"], sys.stdin.read())
    print(text, end="")
    sys.exit(0 if fine else 1)
