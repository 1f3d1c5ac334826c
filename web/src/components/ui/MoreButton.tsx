import type { UseInfiniteQueryResult } from "@tanstack/react-query";

import { t } from "@/texts";

import { Button } from "./Button";

/** Below a list that has more than is shown. */
export function MoreButton({ query }: { query: Pick<UseInfiniteQueryResult, "hasNextPage" | "isFetchingNextPage" | "fetchNextPage"> }) {
  if (!query.hasNextPage) return null;
  return <Button className="mt-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t.common.more}</Button>;
}
