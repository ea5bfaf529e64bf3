import { rmSync } from "node:fs";
import { build } from "esbuild";

/** Where the bundle goes; tests name a place of their own. */
const [outdir = "dist"] = process.argv.slice(2);

rmSync(outdir, { recursive: true, force: true });

// libsql and lmdb find their native libraries relative to their own files, so they stay dependencies.
await build({
  entryPoints: {
    bff: "src/main.ts",
    // A thread is started by its address, beside the code that starts it.
    "digest-worker": "../../packages/object-store/src/digest-worker.mjs",
  },
  outdir,
  outExtension: { ".js": ".mjs" },
  chunkNames: "[name]-[hash]",
  bundle: true,
  // What an old Node.js cannot read stays in a file of its own, so that the entry can say so.
  splitting: true,
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: true,
  external: ["libsql", "lmdb"],
  // express and pino are CommonJS and ask for Node's modules at run time.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
