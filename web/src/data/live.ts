// Changes that others make, as they happen: one stream of hints per browser tab. A hint says
// what has changed, never how; whoever shows it asks again.
import type { QueryClient } from "@tanstack/react-query";

import { apiUrl } from "./client";

interface Hint {
  what: string;
  project: string | null;
  id: string;
}

/** Keep what is shown in step with the lab until told to stop. `onState`: whether it is connected. */
export function follow(client: QueryClient, onState: (connected: boolean) => void): () => void {
  const source = new EventSource(apiUrl("/events"));
  source.addEventListener("open", () => onState(true));
  source.addEventListener("error", () => onState(false)); // the browser tries again by itself
  source.addEventListener("reset", () => void client.invalidateQueries());
  source.addEventListener("change", (event: MessageEvent<string>) => {
    const hint = JSON.parse(event.data) as Hint;
    void client.invalidateQueries({ queryKey: hint.project === null ? [hint.what] : [hint.what, hint.project] });
    void client.invalidateQueries({ queryKey: ["home"] });
    if (hint.project !== null) void client.invalidateQueries({ queryKey: ["overview", hint.project] });
  });
  return () => source.close();
}
