import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ClusterId } from "@snapdeck/contract/scalars";
import type { CheckOptions } from "../check-store.ts";

export const HELP = `snapdeck check-store [options]

Proves that the backups in the store, the jobs and the audit trail keep what docs/invariants.md promises, and names each break.
Writes nothing unless --repair is given. May run beside Snapdeck.

  --home DIR         the home whose store, state and keys are checked(default: that of "npm start")
  --store DIR        the directory that holds the backups           (default: that of the home)
  --state WHERE      the state: a SQLite file or a postgres:// address(default: DATABASE_URL, or that of the home)
  --keys DIR         the directory of the key that signs            (default: that of the home)
  --cluster-dir DIR  the host manager's directory                   (default: that of the home)
  --cluster ID       checks that cluster only                       (default: all in the store)
  --bytes            reads every byte, not only the files that lead a restore
  --repair           removes what nothing owns: remains of dead attempts, files of writes that were cut off
  --json             prints the report as JSON
  --help             this text

With --store alone, neither state nor keys of the home are taken: they belong to another store.
Exit code: 0 nothing is broken, 1 something is, 64 an option is wrong, 66 store, state or key cannot be read.
`;

/** Where `npm start` keeps things below a home. */
export type Layout = {
  readonly store: string;
  readonly state: string;
  readonly keys: string;
  readonly cluster: string;
};

/** What a launcher knows of its homes. */
export type Homes = { readonly defaultHome: string; readonly layoutOf: (home: string) => Layout };

/** An option that is not understood. */
export class Usage extends Error {}

export type CliOptions = { readonly help: boolean; readonly json: boolean; readonly check: CheckOptions };

/** @throws {Usage} */
export function readOptions(
  args: readonly string[],
  { defaultHome, layoutOf }: Homes,
  env: { readonly DATABASE_URL?: string | undefined },
): CliOptions {
  const given = parse(args);
  const { home, store, cluster } = given;
  const ofHome = home === undefined && store !== undefined ? undefined : layoutOf(resolve(home ?? defaultHome));
  const where = given.state ?? (env.DATABASE_URL || undefined);
  const storeRoot = store === undefined ? ofHome?.store : resolve(store);
  if (storeRoot === undefined) throw new Usage("There is no store to check.");
  if (cluster !== undefined && !ClusterId.safeParse(cluster).success) {
    throw new Usage(`--cluster takes the id of a cluster, not "${cluster}".`);
  }
  return {
    help: given.help,
    json: given.json,
    check: {
      storeRoot,
      clusterId: cluster,
      state: where === undefined ? ofHome && { sqliteFile: join(ofHome.state, "state.sqlite") } : sourceOf(where),
      keysDir: given.keys === undefined ? ofHome?.keys : resolve(given.keys),
      clusterDir: given["cluster-dir"] === undefined ? ofHome?.cluster : resolve(given["cluster-dir"]),
      bytes: given.bytes,
      repair: given.repair,
    },
  };
}

function sourceOf(where: string): NonNullable<CheckOptions["state"]> {
  return /^postgres(ql)?:\/\//.test(where) ? { databaseUrl: where } : { sqliteFile: resolve(where) };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        home: { type: "string" },
        store: { type: "string" },
        state: { type: "string" },
        keys: { type: "string" },
        "cluster-dir": { type: "string" },
        cluster: { type: "string" },
        bytes: { type: "boolean", default: false },
        repair: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const empty = (["home", "store", "state", "keys", "cluster-dir"] as const).find((name) => values[name] === "");
    if (empty !== undefined) throw new Error(`--${empty} takes a value`);
    return values;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split(/[.\n]/)[0] ?? "") : String(error);
    throw new Usage(`${reason}. "snapdeck check-store --help" lists what there is.`);
  }
}
