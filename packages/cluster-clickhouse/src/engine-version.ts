import { readVersion } from "./catalog.ts";
import type { RankPair } from "./rank-restore.ts";

/** The version of the engine that the ranks run; they are started together, from one installation. */
export async function versionOf([first]: readonly RankPair[]): Promise<string> {
  if (first === undefined) throw new Error("a cluster without ranks has no engine");
  return (await readVersion(first.client)).version;
}
