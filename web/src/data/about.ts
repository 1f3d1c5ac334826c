// What the lab can do; it changes when an operator starts it anew.
import { queryOptions } from "@tanstack/react-query";

import { api, call } from "./client";

export const aboutQuery = queryOptions({
  queryKey: ["about"],
  queryFn: () => call(api.GET("/api/about")),
  staleTime: 300_000,
});
