import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { withoutServerPart } from "./without-server-part.ts";
import { withoutUnused } from "./without-unused.ts";

/** Where the BFF answers while the page is served by Vite. Default: the port that `npm start` opens. */
const bff = process.env["SNAPDECK_BFF"] ?? "http://127.0.0.1:8000";
const proxy = { "/api": { target: bff, ws: true } };

export default defineConfig({
  plugins: [react(), withoutUnused(), withoutServerPart()],
  // React has it since version 18; the package's own is for older ones.
  resolve: { alias: [{ find: /^use-sync-external-store\/shim$/, replacement: "react" }] },
  build: {
    outDir: "dist",
    target: "es2022",
    // Inlined assets would be `data:` addresses, which the Content-Security-Policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    // What counts is its gzipped size, which a test limits.
    chunkSizeWarningLimit: 600,
    // What every page starts with is one file: it shrinks better together, and costs one request.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "start", tags: ["$initial"] }] } } },
  },
  server: { proxy },
  preview: { proxy },
});
