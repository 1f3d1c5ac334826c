import { expect, it } from "vitest";

import { cliLine, curlLine, headersOf, pythonLines, type Request, shellWord, wirePath } from "./callLines";

const get: Request = { url: "http://lab/projects/p/services/s/", project: "p", service: "s", method: "GET", path: "/health?x=1", body: "" };
const post = { ...get, method: "POST", path: "/score", body: '{"it": "it\'s"}' };

it.each([["plain", "plain"], ["a b", "'a b'"], ["it's", "'it'\\''s'"], ["$HOME", "'$HOME'"]])("quotes %s for a shell", (text, word) => expect(shellWord(text)).toBe(word));

it("shows a request for curl", () => {
  expect(curlLine(get)).toBe(`curl -H "Authorization: Bearer $LAB_API_TOKEN" 'http://lab/projects/p/services/s/health?x=1'`);
  expect(curlLine(post)).toContain(`-X POST`);
  expect(curlLine(post)).toContain(`-d '{"it": "it'\\''s"}'`);
});

it("shows it for Python", () => expect(pythonLines(post)).toContain('request("s", "score", method="POST", content="{\\"it'));

it("shows it for the command line, where that can", () => {
  expect(cliLine(get)).toBe("mllab service call s 'health?x=1' --project p");
  expect(cliLine(post)).toContain("--data");
  expect(cliLine({ ...get, method: "DELETE" })).toBeNull();
});

it("reads headers", () => {
  expect(headersOf("Accept: text/csv\n\n X-A:b:c")).toEqual({ Accept: "text/csv", "X-A": "b:c" });
  expect(() => headersOf("nonsense")).toThrow("nonsense");
});

it.each([["a b", "/a%20b"], ["/ä?q=1&x=#", "/%C3%A4?q=1&x=%23"], ["/a%20b%", "/a%20b%25"]])("sends %s as %s", (typed, wire) => expect(wirePath(typed)).toBe(wire));
