// Builds into the Python package, so that a wheel and a checkout serve the same files.
/// <reference types="vitest/config" />
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  // Relative: the lab may live below a path, which is known when it starts.
  base: "./",
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  build: {
    outDir: "../src/mllab/gateway/webapp",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    target: "es2022",
    reportCompressedSize: false,
  },
  test: { setupFiles: ["src/spec.setup.ts"] },
});
