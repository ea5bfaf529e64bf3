import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Backup } from "@snapdeck/contract/backup";
import type { FaultWorld } from "./world.ts";

/** What a console shows of its backups, without what only the lost one could know. */
export function shown(backups: readonly Backup[]) {
  return backups.map(({ inUseBy: _, ...backup }) => backup).toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

/** Kills the console, removes its state, and what else is named; a new one is set up in its place. */
export async function loseConsole(world: FaultWorld, alsoLost: readonly ("keys" | "state")[] = []): Promise<void> {
  await world.killBff();
  for (const folder of new Set(["state", ...alsoLost]))
    rmSync(join(world.stack.servers.home, folder), { recursive: true });
  await world.bff();
  await world.stack.inviteEverybody();
}
