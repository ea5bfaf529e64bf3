import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Chance } from "./chance.ts";

/** The kinds of files that a backup is made of; `signature` is the one in the manifest. */
export const FILE_CLASSES = ["engine list", "rows", "marks", "definition", "manifest", "signature"] as const;
export type FileClass = (typeof FILE_CLASSES)[number];

/** Beside what a backup is made of, the records of its later proofs. */
type DamagedClass = FileClass | "proof";

export const HARMS = ["flip", "truncate", "zero", "delete", "swap", "extra"] as const;
export type Harm = (typeof HARMS)[number];

const BELONGS: Record<DamagedClass, RegExp> = {
  "engine list": /^a\d[^/]*\/rank-\d+\/\.backup$/,
  rows: /\.bin$/,
  marks: /\.c?mrk\d*$/,
  definition: /\/metadata\/.*\.sql$/,
  manifest: /^manifest\.json$/,
  signature: /^manifest\.json$/,
  proof: /^proofs\/[^/]+\.json$/,
};

/** What was done to a backup, and how to take it back. */
export type Damage = { readonly path: string; readonly repair: () => void };

/** The files of a class that hold anything, relative to the backup's folder. */
export function filesOf(folder: string, fileClass: DamagedClass): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => BELONGS[fileClass].test(path) && statSync(join(folder, path)).size > 0)
    .toSorted();
}

/** Does that harm to one file of that class, picked by chance. `other` is a second backup, whose file takes the place of this one's. */
export function damage(folder: string, fileClass: DamagedClass, harm: Harm, chance: Chance, other: string): Damage {
  return damageFile(folder, chance.pick(filesOf(folder, fileClass)), fileClass, harm, chance, other);
}

/** As `damage`, to that very file. */
export function damageFile(
  folder: string,
  path: string,
  fileClass: DamagedClass,
  harm: Harm,
  chance: Chance,
  other: string,
): Damage {
  const file = join(folder, path);
  if (harm === "extra") return plant(folder, join(dirname(path), `planted-${chance.below(1_000_000)}`));
  const kept = readFileSync(file);
  const repair = () => writeFileSync(file, kept, { mode: 0o600 });
  if (harm === "delete") rmSync(file);
  else if (harm === "swap") copyFileSync(join(other, differingFile(other, fileClass, path, kept, chance)), file);
  else if (fileClass === "signature") writeFileSync(file, withSignature(kept, harm, chance));
  else if (harm === "truncate") truncateSync(file, chance.below(kept.length));
  else writeFileSync(file, harm === "zero" ? Buffer.alloc(kept.length) : flipped(kept, chance));
  if (existsSync(file) && readFileSync(file).equals(kept)) throw new Error(`${harm} left ${path} as it was`);
  return { path, repair };
}

function plant(folder: string, path: string): Damage {
  writeFileSync(join(folder, path), "planted");
  return { path, repair: () => rmSync(join(folder, path), { force: true }) };
}

function flipped(bytes: Buffer, chance: Chance): Buffer {
  const changed = Buffer.from(bytes);
  const at = chance.below(changed.length);
  changed[at] = (changed[at] ?? 0) ^ (1 << chance.below(8));
  return changed;
}

/** The file of the same name in the other backup when it differs, else any of its class that does. */
function differingFile(other: string, fileClass: DamagedClass, path: string, kept: Buffer, chance: Chance): string {
  const differing = filesOf(other, fileClass).filter((each) => !readFileSync(join(other, each)).equals(kept));
  return differing.find((each) => each === path) ?? chance.pick(differing);
}

function withSignature(manifest: Buffer, harm: Harm, chance: Chance): string {
  const parsed: Record<string, unknown> = JSON.parse(manifest.toString("utf8"));
  const signature = String(parsed["signature"]);
  // Not the last letter of a part: some of its bits mean nothing.
  const letters = [...signature].flatMap((_, at) => (/^[\w-][\w-]/.test(signature.slice(at)) ? [at] : []));
  const at = chance.pick(letters);
  switch (harm) {
    case "truncate":
      return JSON.stringify({ ...parsed, signature: signature.slice(0, at) });
    case "zero":
      return JSON.stringify({ ...parsed, signature: undefined });
    default: {
      const letter = signature[at] === "A" ? "B" : "A";
      return JSON.stringify({ ...parsed, signature: `${signature.slice(0, at)}${letter}${signature.slice(at + 1)}` });
    }
  }
}
