import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ConnectionCatalog } from "../connections/connection-catalog.ts";

/** What statements need of the catalog of credentials, data sinks and data sources. */
export type Connections = Pick<
  ConnectionCatalog,
  "create" | "alter" | "drop" | "show" | "describe" | "resolve" | "objects"
>;

/** Of a server that was made without one: it knows of none, and makes none. */
export const NO_CONNECTIONS: Connections = {
  create: refuse,
  alter: refuse,
  drop: refuse,
  show: refuse,
  describe: refuse,
  resolve: refuse,
  objects: () => ({
    list: async () => [],
    definition: async () => undefined,
    make: refuse,
    move: refuse,
    remove: async () => undefined,
  }),
};

async function refuse(): Promise<never> {
  throw new SnapdeckError("not-supported", "this server has no data sinks and data sources; nothing was changed");
}
