// Asks how far the workload is, and opens it when it is ready. Without this script the page
// reloads itself.
"use strict";
const main = document.getElementById("main");
const started = Date.now();
let failures = 0;

async function look() {
  try {
    const answer = await fetch(main.dataset.state, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const seen = await answer.json();
    failures = 0;
    if (seen.ready || seen.state !== main.dataset.shown) return location.reload();
    const reason = document.getElementById("reason");
    if (seen.reason && reason.textContent !== seen.reason) reason.textContent = seen.reason;
    if (seen.seconds !== null) {
      document.getElementById("seconds").textContent = `${seen.seconds} s so far. `;
    }
  } catch {
    failures += 1;
    if (failures > 3) return location.reload();
  }
  setTimeout(look, Date.now() - started < 30000 ? 700 : 2000);
}

setTimeout(look, 500);
