// Renders the OpenAPI document; nothing is fetched from outside the lab, no text becomes HTML.
"use strict";
const lab = document.getElementById("main").dataset.lab;
const METHODS = ["get", "put", "post", "patch", "delete", "head", "options"];

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null));
  return element;
}

function resolve(schema, spec) {
  if (!schema || !schema.$ref) return schema || {};
  return schema.$ref.split("/").slice(1).reduce((at, name) => at[name], spec);
}

function example(given, spec, depth = 0) {
  const schema = resolve(given, spec);
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choice = (schema.anyOf || schema.oneOf || schema.allOf || [])[0];
  if (choice) return example(choice, spec, depth + 1);
  if (schema.type === "object" && depth < 4) {
    const wanted = Object.entries(schema.properties || {})
      .filter(([name]) => (schema.required || []).includes(name));
    return Object.fromEntries(wanted.map(([name, part]) => [name, example(part, spec, depth + 1)]));
  }
  return { array: [], integer: 0, number: 0, boolean: false, object: {} }[schema.type] ?? "";
}

function field(parameter) {
  const input = make("input", {
    name: parameter.name, required: Boolean(parameter.required), autocomplete: "off",
  });
  input.dataset.in = parameter.in;
  const kind = make("span", { className: "muted" }, ` ${parameter.in}`);
  return make("label", {}, parameter.name, kind, input);
}

function bodyField(operation, spec) {
  const content = Object.entries(operation.requestBody?.content || {})[0];
  if (!content) return null;
  const [type, { schema }] = content;
  const text = make("textarea", { name: "body", spellcheck: false });
  text.dataset.type = type;
  text.value = type.includes("json") ? JSON.stringify(example(schema, spec), null, 2) : "";
  return make("label", {}, "Body", make("span", { className: "muted" }, ` ${type}`), text);
}

function request(path, form) {
  let target = lab + path;
  const query = new URLSearchParams();
  const headers = { Accept: "application/json, */*;q=0.5" };
  for (const input of form.querySelectorAll("input")) {
    const value = input.value;
    if (input.dataset.in === "path") {
      const safe = encodeURIComponent(value).replaceAll("%2F", "/");
      target = target.replace(new RegExp(`\\{${input.name}(:path)?\\}`), () => safe);
    } else if (value !== "" && input.dataset.in === "query") query.append(input.name, value);
    else if (value !== "" && input.dataset.in === "header") headers[input.name] = value;
  }
  const body = form.querySelector("textarea");
  if (body) headers["Content-Type"] = body.dataset.type;
  return [query.size ? `${target}?${query}` : target, headers, body ? body.value : undefined];
}

async function show(answer, out, began) {
  const type = answer.headers.get("content-type") || "";
  let text = "";
  if (type.includes("json")) text = JSON.stringify(await answer.json(), null, 2);
  else if (type.startsWith("text/")) text = (await answer.text()).slice(0, 100000);
  else text = `${(await answer.blob()).size} bytes of ${type || "no type"}`;
  const took = Math.round(performance.now() - began);
  out.textContent = `${answer.status} ${answer.statusText}  ${took} ms\n${text}`;
}

function operationView(path, method, operation, spec) {
  const parameters = (operation.parameters || []).map((p) => resolve(p, spec));
  const out = make("pre", { hidden: true, tabIndex: 0 });
  const form = make("form", {}, ...parameters.filter((p) => p.in !== "cookie").map(field),
    bodyField(operation, spec), make("button", { className: "primary" }, "Send"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [target, headers, body] = request(path, form);
    out.hidden = false;
    out.textContent = `${method.toUpperCase()} ${target} …`;
    const began = performance.now();
    try {
      await show(await fetch(target, { method: method.toUpperCase(), headers, body }), out, began);
    } catch (error) {
      out.textContent = `No answer: ${error.message}`;
    }
  });
  const summary = make("summary", {}, make("b", {}, method.toUpperCase()), make("code", {}, path),
    make("span", { className: "muted" }, operation.summary || ""));
  const text = make("p", { className: "muted" }, operation.description || "");
  const right = make("p", {}, `Permission: ${operation["x-permission"] || "public"}`);
  const view = make("details", {}, summary, text, right, form, out);
  view.dataset.words = `${method} ${path} ${operation.summary || ""}`.toLowerCase();
  return view;
}

function render(spec) {
  const groups = new Map();
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const method of METHODS.filter((name) => methods[name])) {
      const tag = (methods[method].tags || ["other"])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operationView(path, method, methods[method], spec));
    }
  }
  const place = document.getElementById("operations");
  for (const [tag, views] of groups) {
    place.append(make("section", { className: "card" }, make("h2", {}, tag), ...views));
  }
}

function filter() {
  const words = document.getElementById("filter").value.toLowerCase().split(/\s+/);
  let shown = 0;
  for (const view of document.querySelectorAll("#operations details")) {
    view.hidden = !words.every((word) => view.dataset.words.includes(word));
    shown += view.hidden ? 0 : 1;
  }
  for (const section of document.querySelectorAll("#operations section")) {
    section.hidden = !section.querySelector("details:not([hidden])");
  }
  document.getElementById("count").textContent = `${shown} calls`;
}

fetch(`${lab}/api/openapi.json`).then((answer) => answer.json()).then((spec) => {
  render(spec);
  document.getElementById("filter").addEventListener("input", filter);
  filter();
}).catch((error) => {
  document.getElementById("count").textContent = `The API's document cannot be read: ${error.message}`;
});
