// The lines that make the same request from a terminal or a notebook.
export interface Request {
  /** The service's address, with its last slash. */
  url: string;
  project: string;
  service: string;
  method: string;
  /** From its first slash on. */
  path: string;
  body: string;
}

/** A text as one word of a shell. */
export const shellWord = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

export function curlLine({ url, method, path, body }: Request): string {
  const parts = ["curl", method === "GET" ? "" : `-X ${method}`, '-H "Authorization: Bearer $LAB_API_TOKEN"', shellWord(url + path.slice(1))];
  if (body !== "") parts.push("\\\n  -H 'Content-Type: application/json'", `-d ${shellWord(body)}`);
  return parts.filter(Boolean).join(" ");
}

export function pythonLines({ project, service, method, path, body }: Request): string {
  const more = [method === "GET" ? "" : `, method=${JSON.stringify(method)}`, body === "" ? "" : `, content=${pythonText(body)}, headers={"Content-Type": "application/json"}`];
  return `from mllab import Lab\n\nanswer = Lab().project(${JSON.stringify(project)}).services.request(${JSON.stringify(service)}, ${JSON.stringify(path.slice(1))}${more.join("")})\nprint(answer.status_code, answer.text)`;
}

const pythonText = (text: string): string => (text.includes("\n") && !text.includes('"""') && !text.includes("\\") ? `"""${text}"""` : JSON.stringify(text));

/** Null where the command line has no way: it GETs, and POSTs JSON. */
export function cliLine({ project, service, method, path, body }: Request): string | null {
  if (method !== (body === "" ? "GET" : "POST")) return null;
  const data = body === "" ? "" : ` --data ${shellWord(body)}`;
  return `mllab service call ${service} ${shellWord(path.slice(1) || "/")} --project ${project}${data}`;
}

/** `Name: value` lines. Throws at what is none. */
export function headersOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const [, name, value] = /^\s*([\w-]+)\s*:(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`“${line.trim()}” is no header: write Name: value.`);
    found[name] = value.trim();
  }
  return found;
}

/** A path as it goes on the wire; what is escaped already is not escaped twice. */
export function wirePath(typed: string): string {
  const path = typed.startsWith("/") ? typed : `/${typed}`;
  return encodeURI(path).replace(/%25([0-9a-f]{2})/gi, "%$1").replaceAll("#", "%23");
}
