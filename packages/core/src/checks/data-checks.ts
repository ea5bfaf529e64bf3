import { type ClusterCheck, codeOf, endOf, hold, orderOf } from "./cluster-check.ts";

const NEVER = new AbortController().signal;

/** What every adapter promises of what it tells about the data. Each check starts on a running cluster with rows. */
export const DATA_CHECKS: readonly ClusterCheck[] = [
  {
    invariant: "I29",
    promise: "an inventory counts the rows that are there now",
    async run(world) {
      const before = await world.cluster.data.inventory();
      hold(before.rows > 0, "a cluster with rows shows them");
      await world.writeRows();
      hold((await world.cluster.data.inventory()).rows > before.rows, "rows that were written are counted");
    },
  },
  {
    invariant: "I7",
    promise: "a table's checksum stays while its rows stay, and changes with them",
    async run(world) {
      const named = async () => {
        const database = (await world.cluster.data.inventory()).databases.find((each) =>
          each.tables.some((table) => (table.rows ?? 0) > 0),
        );
        const table = database?.tables.find((each) => (each.rows ?? 0) > 0);
        if (database === undefined || table === undefined)
          throw new Error("does not hold: a cluster with rows has a table");
        return world.cluster.data.checksum(database.name, table.name, NEVER);
      };
      const first = await named();
      hold((await named()).checksum === first.checksum, "equal rows have equal checksums");
      hold(first.rows > 0, "a checksum counts the rows it scanned");
    },
  },
  {
    invariant: "I7",
    promise: "a table that is not there has no checksum",
    async run(world) {
      const code = await codeOf(() => world.cluster.data.checksum("no_such_database", "no_such_table", NEVER));
      hold(code === "table-not-found", "an unknown table is named as such");
    },
  },
  {
    invariant: "I22",
    promise: "example data is not loaded over a user's data",
    async run(world) {
      const before = await world.contents();
      const code = await codeOf(() => endOf(world.cluster.data.loadExample(orderOf(world.newJobId()), NEVER)));
      hold(code === "cluster-not-empty", "the load is refused");
      hold((await world.contents()) === before, "a refused load changes no row");
    },
  },
];
