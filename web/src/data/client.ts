// The one place that talks to the lab: typed by its own document, every failure one error.
import createClient from "openapi-fetch";

import { base, toSignIn } from "@/lib/base";
import { t } from "@/texts";

import type { paths, WireError } from "./schema";

export const api = createClient<paths>({ baseUrl: location.origin + base });

/** What the API said when it did not do what was asked. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown>,
    readonly requestId: string,
  ) {
    super(message);
  }

  /** Whether asking again may help. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Return the answer's body. Throws ApiError; a session that has ended leads to the sign-in page. */
export async function call<T>(answer: Promise<Answer<T>>): Promise<T> {
  let got: Answer<T>;
  try {
    got = await answer;
  } catch {
    throw new ApiError(0, "unreachable", t.common.unreachable, {}, "");
  }
  if (got.response.ok) return got.data as T;
  if (got.response.status === 401) {
    toSignIn();
    return new Promise(() => undefined); // the page is being left
  }
  throw failureOf(got.response.status, got.error);
}

/** Turn the body of an answer that is no success into the error it stands for. */
export function failureOf(status: number, body: unknown): ApiError {
  if (typeof body === "object" && body !== null && "error" in body) {
    const wire = body as WireError;
    return new ApiError(status, wire.error, wire.message, wire.details, wire.request_id);
  }
  return new ApiError(status, "unknown", t.common.answered(status), {}, "");
}

/** The address of a path of the API, for links and downloads. */
export const apiUrl = (path: string): string => `${base}/api${path}`;
