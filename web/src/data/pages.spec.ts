import { InfiniteQueryObserver, QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";

import type { RunsAsked } from "./runs";

const GET = vi.fn();
vi.mock("./client", () => ({ api: { GET }, call: (answer: unknown) => answer, apiUrl: (path: string) => path, failureOf: () => new Error() }));
const { filesQuery } = await import("./files");
const { pagedOptions } = await import("./pages");
const { columnsQuery, pieceQuery } = await import("./runs");

const never = new Promise<never>(() => undefined);

/** What is shown first, and what while the second question is not answered yet. */
async function shown(Observer: typeof QueryObserver, first: object, second: object, answer: unknown) {
  GET.mockResolvedValueOnce(answer).mockReturnValue(never);
  const observer = new Observer(new QueryClient(), first as { queryKey: string[] });
  const stop = observer.subscribe(() => undefined);
  await vi.waitFor(() => expect(observer.getCurrentResult().isSuccess).toBe(true));
  observer.setOptions(second as { queryKey: string[] });
  const { data, isPlaceholderData } = observer.getCurrentResult();
  stop();
  return { data, isPlaceholderData };
}

const listed = (first: object, second: object, items: string[]) => shown(InfiniteQueryObserver as never, first, second, { items });

it("keeps a list's rows while it is asked for by another filter", async () => {
  expect(await listed(filesQuery("wine", "datasets", ""), filesQuery("wine", "datasets", "a"), ["a", "b"])).toEqual({ data: ["a", "b"], isPlaceholderData: true });
});

it.each([
  ["another project", filesQuery("wine", "datasets", ""), filesQuery("beer", "datasets", "")],
  ["another list", filesQuery("wine", "datasets", ""), filesQuery("wine", "models", "")],
  ["a list without a filter", pagedOptions(["job", "wine"], () => GET() as never), pagedOptions(["job", "beer"], () => GET() as never)],
])("shows nothing of %s", async (_, first, second) => {
  expect((await listed(first, second, ["a"])).data).toBeUndefined();
});

it("does not say of a new question that nothing matches", async () => {
  expect((await listed(filesQuery("wine", "datasets", "x"), filesQuery("wine", "datasets", ""), [])).data).toBeUndefined();
});

const asked = (experiment: string, filter: string): RunsAsked => ({ experiment, filter, order: [], columns: [], deleted: false });
const found = (...items: string[]) => ({ items, total: items.length });

it.each([
  [asked("1", "metrics.a > 1"), found("r"), { rows: ["r"], total: 1 }],
  [asked("2", ""), found("r"), undefined],
  [asked("1", ""), found(), undefined],
])("keeps the first runs of an experiment, %#", async (second, answer, kept) => {
  const { data } = await shown(QueryObserver, pieceQuery("wine", asked("1", "x"), 0), pieceQuery("wine", second, 0), answer);
  expect(data).toEqual(kept);
});

it("keeps the columns of one experiment", async () => {
  const columns = (experiment: string, q: string) => columnsQuery("wine", experiment, q);
  expect((await shown(QueryObserver, columns("1", ""), columns("1", "a"), found("k"))).data).toEqual(found("k"));
  expect((await shown(QueryObserver, columns("1", ""), columns("2", ""), found("k"))).data).toBeUndefined();
});
