// How long answers count and when a failed question is asked again.
import { QueryClient } from "@tanstack/react-query";

import { ApiError } from "./client";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => error instanceof ApiError && error.isPassing && count < 3,
      refetchOnWindowFocus: true,
    },
  },
});
