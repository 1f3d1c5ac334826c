// Lists that the API gives page by page, as one list that grows.
import { infiniteQueryOptions, type QueryKey } from "@tanstack/react-query";

interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

/** Query options of a list; `load` gets the cursor of the page wanted. */
export function pagedOptions<T>(queryKey: QueryKey, load: (cursor: string | undefined) => Promise<Page<T>>) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam }) => load(pageParam ?? undefined),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<T>) => page.next_cursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}
