import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's top folder, without a slash at the end. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
