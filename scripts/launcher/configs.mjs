import { join } from "node:path";
import { ROOT } from "../setup/root.mjs";

/** The only cluster a launcher starts; the name is the person's, the id stands in addresses and on the store. */
const CLUSTER_ID = "local";

/**
 * What the host manager is told (`HostConfig` of the contract).
 * @param {import("./home.mjs").HomeLayout} layout
 * @param {import("./home.mjs").HomeSettings} settings
 * @param {number} port 0 takes a free one
 */
export function hostConfig(layout, settings, port) {
  return {
    clusterDir: layout.cluster,
    storeRoot: layout.store,
    backupRoots: [layout.databaseBackups],
    clusterId: CLUSTER_ID,
    name: settings.name,
    ranks: settings.ranks,
    port,
  };
}

/**
 * What the BFF is told.
 * @param {import("./home.mjs").HomeLayout} layout
 * @param {import("./home.mjs").HomeSettings} settings
 * @param {number} port 0 takes a free one
 * @param {Pick<import("./options.mjs").Options, "logLevel" | "exampleData">} options
 * @param {import("./server-process.mjs").ReadyLine} host
 */
export function bffConfig(layout, settings, port, options, host) {
  return {
    listenHost: "127.0.0.1",
    port,
    stateDir: layout.state,
    keysDir: layout.keys,
    staticDir: join(ROOT, "apps/workbench/dist"),
    logLevel: options.logLevel,
    cluster: {
      id: CLUSTER_ID,
      name: settings.name,
      hostUrl: host.url,
      hostTokenFile: host.tokenFile,
      storeRoot: layout.store,
      databaseBackupRoots: [layout.databaseBackups],
      ...(options.exampleData ? { loadExampleData: true } : {}),
    },
  };
}
