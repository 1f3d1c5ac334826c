// An OpenAPI document that a service wrote, as a plain list of what it can be asked. Nothing in
// it is trusted: what is not of the form is left out.
export interface Parameter {
  name: string;
  where: string;
  isRequired: boolean;
  type: string;
  description: string;
}

export interface Operation {
  method: string;
  path: string;
  summary: string;
  description: string;
  isDeprecated: boolean;
  parameters: Parameter[];
  /** A body to begin with, empty where none is taken. */
  body: string;
  responses: [string, string][];
}

export interface ApiDocument {
  title: string;
  version: string;
  description: string;
  operations: Operation[];
}

type Json = Record<string, unknown>;

const METHODS = ["get", "post", "put", "patch", "delete", "head", "options"];
const MOST_OPERATIONS = 500;
const DEEPEST = 6;

const asObject = (value: unknown): Json => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {});
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const asText = (value: unknown): string => (typeof value === "string" ? value : "");

/** Read a document; null where it is none. */
export function readApi(text: string): ApiDocument | null {
  let whole: Json;
  try {
    whole = asObject(JSON.parse(text));
  } catch {
    return null;
  }
  if (!("openapi" in whole || "swagger" in whole)) return null;
  const info = asObject(whole.info);
  const operations = Object.entries(asObject(whole.paths)).flatMap(([path, item]) => operationsOf(whole, path, asObject(item)));
  return { title: asText(info.title), version: asText(info.version), description: asText(info.description), operations: operations.slice(0, MOST_OPERATIONS) };
}

function operationsOf(whole: Json, path: string, item: Json): Operation[] {
  return METHODS.filter((method) => method in item).map((method) => {
    const found = asObject(item[method]);
    return {
      method: method.toUpperCase(),
      path,
      summary: asText(found.summary),
      description: asText(found.description),
      isDeprecated: found.deprecated === true,
      parameters: [...asList(item.parameters), ...asList(found.parameters)].map((each) => parameterOf(whole, each)),
      body: bodyOf(whole, found),
      responses: Object.entries(asObject(found.responses)).map(([status, answer]) => [status, asText(follow(whole, answer).description)]),
    };
  });
}

function parameterOf(whole: Json, value: unknown): Parameter {
  const found = follow(whole, value);
  const schema = follow(whole, found.schema ?? found);
  return {
    name: asText(found.name),
    where: asText(found.in),
    isRequired: found.required === true,
    type: asText(schema.type),
    description: asText(found.description),
  };
}

function bodyOf(whole: Json, operation: Json): string {
  const content = asObject(follow(whole, operation.requestBody).content);
  const media = asObject(content["application/json"]);
  if (Object.keys(media).length === 0) return "";
  const named = asObject(Object.values(asObject(media.examples))[0]);
  return JSON.stringify(media.example ?? named.value ?? sample(whole, media.schema, 0), null, 2);
}

/** The object that `#/a/b` references lead to. */
function follow(whole: Json, value: unknown): Json {
  let found = asObject(value);
  for (let steps = 0; typeof found.$ref === "string" && steps < DEEPEST; steps += 1) {
    const parts = found.$ref.split("/").slice(1);
    found = asObject(parts.reduce<unknown>((at, part) => asObject(at)[part.replaceAll("~1", "/").replaceAll("~0", "~")], whole));
  }
  return found;
}

const SAMPLES: Json = { string: "text", integer: 1, number: 0.5, boolean: true, null: null };

function sample(whole: Json, value: unknown, depth: number): unknown {
  const schema = follow(whole, value);
  const examples = asList(schema.examples);
  const given = schema.example ?? examples[0] ?? schema.default ?? asList(schema.enum)[0] ?? schema.const;
  if (given !== undefined) return given;
  if (depth > DEEPEST) return null;
  const other = asList(schema.anyOf)[0] ?? asList(schema.oneOf)[0] ?? asList(schema.allOf)[0];
  if (other !== undefined) return sample(whole, other, depth + 1);
  if (schema.type === "array") return [sample(whole, schema.items, depth + 1)];
  if (schema.type === "object" || schema.properties !== undefined) {
    return Object.fromEntries(Object.entries(asObject(schema.properties)).map(([name, each]) => [name, sample(whole, each, depth + 1)]));
  }
  return SAMPLES[asText(schema.type)] ?? null;
}
