import "./styles.css";

import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { queryClient } from "./data/query";
import { router } from "./router";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

// A chunk that is gone: the lab was upgraded while this tab was open. Load the new app, once.
addEventListener("vite:preloadError", (event) => {
  const at = sessionStorage.getItem("lab-reloaded");
  if (at !== null && Date.now() - Number(at) < 60_000) return;
  event.preventDefault();
  sessionStorage.setItem("lab-reloaded", String(Date.now()));
  location.reload();
});

createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
