// After the build: each text file also compressed (nginx sends what stands there), and the
// weight of what a first visit loads, which must stay within the budget.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const out = new URL("../../src/mllab/gateway/webapp/", import.meta.url).pathname;
const BUDGET_KB = { start: 230, route: 120, css: 15 };

const files = readdirSync(out, { recursive: true }).filter((name) => /\.(js|css|svg|html)$/.test(name));
const weight = {};
for (const name of files) {
  const packed = gzipSync(readFileSync(join(out, name)), { level: 9 });
  writeFileSync(join(out, `${name}.gz`), packed);
  weight[name] = packed.length / 1000;
}

const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
const reached = (key, seen = new Set()) => {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) reached(next, seen);
  return seen;
};
const sum = (keys) => [...keys].reduce((total, key) => total + (weight[manifest[key].file] ?? 0), 0);

const start = reached("index.html");
const over = [];
const say = (name, kb, most) => {
  console.log(`${kb.toFixed(1).padStart(7)} kB of ${most}  ${name}`);
  if (kb > most) over.push(name);
};
say("first visit (JavaScript)", sum(start), BUDGET_KB.start);
const css = files.filter((name) => name.endsWith(".css") && manifest["index.html"].css?.includes(name));
say("first visit (CSS)", css.reduce((total, name) => total + weight[name], 0), BUDGET_KB.css);
for (const [key, entry] of Object.entries(manifest)) {
  if (!entry.isDynamicEntry) continue;
  const own = [...reached(key)].filter((each) => !start.has(each));
  say(entry.name ?? key, sum(own), BUDGET_KB.route);
}
if (over.length) {
  console.error(`Over the budget: ${over.join(", ")}`);
  process.exit(1);
}
