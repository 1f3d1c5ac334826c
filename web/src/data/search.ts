// Things by name, found by the lab.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, call } from "./client";

export const searchQuery = (q: string) =>
  queryOptions({
    queryKey: ["search", q],
    queryFn: ({ signal }) => call(api.GET("/api/search", { params: { query: { q, limit: 12 } }, signal })),
    enabled: q !== "",
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });
