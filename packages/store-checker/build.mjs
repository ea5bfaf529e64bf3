import { rmSync } from "node:fs";
import { build } from "esbuild";

/** Where the bundle goes; tests name a place of their own. */
const [outdir = "dist"] = process.argv.slice(2);

rmSync(outdir, { recursive: true, force: true });

await build({
  entryPoints: { "check-store": "src/cli/main.ts" },
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: true,
  // libsql finds its native library relative to its own files; pg does without the native one that it asks for.
  external: ["libsql", "pg-native"],
  // pg is CommonJS and asks for Node's modules at run time.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
