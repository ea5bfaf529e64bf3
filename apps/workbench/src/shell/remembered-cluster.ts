import { ClusterId } from "@snapdeck/contract/scalars";

const KEY = "snapdeck-cluster";

/** The cluster that this browser looked at last. */
export function rememberedCluster(): ClusterId | undefined {
  try {
    return ClusterId.safeParse(localStorage.getItem(KEY)).data;
  } catch {
    return undefined;
  }
}

export function rememberCluster(clusterId: ClusterId): void {
  try {
    localStorage.setItem(KEY, clusterId);
  } catch {
    // A browser that stores nothing starts at the first cluster.
  }
}
