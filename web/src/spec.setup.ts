// Unit tests run without a browser: what modules ask of it when they are loaded.
import { vi } from "vitest";

vi.stubGlobal("navigator", { language: "en" });
