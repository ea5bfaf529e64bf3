import { build } from "esbuild";

/** Where the bundles go; tests name a place of their own. */
const [outdir = "dist"] = process.argv.slice(2);

// chdb finds its native library relative to its own files, so it stays a dependency.
await build({
  entryPoints: { rank: "src/rank/main.ts", host: "src/host/main.ts" },
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: true,
  external: ["chdb"],
  // pino is CommonJS and asks for Node's modules at run time.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
