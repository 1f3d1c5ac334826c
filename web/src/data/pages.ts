// Lists that the API gives page by page, as one list that grows; and what stands there while
// the same list is asked for by another filter.
import { type InfiniteData, infiniteQueryOptions, partialMatchKey, type QueryKey } from "@tanstack/react-query";

interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

/**
 * What a question shows until its answer is there: what was shown last, if that was of the same
 * `list` (how the keys of its questions begin), never what is of another project. An answer of
 * nothing is not kept: "no hits" would be said of a question that nobody has answered.
 */
export const keptWithin =
  <T>(list: QueryKey, holds: (data: T) => boolean = () => true) =>
  (data: T | undefined, asked: { queryKey: QueryKey } | undefined): T | undefined =>
    data !== undefined && asked !== undefined && partialMatchKey(asked.queryKey, list) && holds(data) ? data : undefined;

const hasRows = <T>({ pages }: InfiniteData<Page<T>>): boolean => pages.some(({ items }) => items.length > 0);

/** Query options of a list; `load` gets the cursor of the page wanted. With another `filter` its rows stay until the new ones are there. */
export function pagedOptions<T>(list: QueryKey, load: (cursor: string | undefined) => Promise<Page<T>>, filter?: unknown) {
  return infiniteQueryOptions({
    queryKey: filter === undefined ? list : [...list, filter],
    queryFn: ({ pageParam }) => load(pageParam ?? undefined),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<T>) => page.next_cursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
    placeholderData: filter === undefined ? undefined : keptWithin(list, hasRows),
  });
}
