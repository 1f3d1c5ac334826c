import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ErrorPanel } from "./ErrorPanel";
import { Skeleton } from "./Skeleton";

interface Props<T> {
  query: Pick<UseQueryResult<T>, "data" | "error" | "isPending" | "refetch" | "isPlaceholderData">;
  /** What stands there until the data does; of its size, so that nothing moves. */
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/** A part of a page that needs data: loading, error or ready; busy while it shows the answer to the question before. */
export function Loaded<T>({ query, skeleton, children }: Props<T>) {
  if (query.data !== undefined) return <div aria-busy={query.isPlaceholderData || undefined} className="contents aria-busy:cursor-progress">{children(query.data)}</div>;
  if (query.error) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  return <>{skeleton ?? <Skeleton rows={6} />}</>;
}
