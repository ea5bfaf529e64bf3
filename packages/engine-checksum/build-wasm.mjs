import { writeFileSync } from "node:fs";
import asc from "assemblyscript/asc";

/** Where the module goes; the drift test names a place of its own. */
const [outfile = "src/checksum-module.ts"] = process.argv.slice(2);

/** @type {Uint8Array | undefined} */
let wasm;
const { error, stderr } = await asc.main(
  // 64 KiB for the module itself and 1 MiB for the bytes that are given to it.
  ["assembly/city-hash.ts", "--outFile", "out.wasm", "-O3", "--converge", "--runtime", "stub", "--noAssert"].concat([
    "--initialMemory",
    "17",
    "--maximumMemory",
    "17",
  ]),
  {
    baseDir: import.meta.dirname,
    writeFile: (name, contents) => {
      if (name === "out.wasm" && contents instanceof Uint8Array) wasm = contents;
    },
  },
);
if (error !== null || wasm === undefined) throw new Error(`the module does not compile: ${stderr.toString()}`);

writeFileSync(
  outfile,
  `/** \`assembly/city-hash.ts\` as WebAssembly, in base64; made by \`npm run build-wasm\`. */
export const CHECKSUM_MODULE =
  "${Buffer.from(wasm).toString("base64")}";
`,
);
