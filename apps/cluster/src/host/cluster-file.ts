import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { HostConfig } from "@snapdeck/contract/host";
import { ClusterFacts } from "./cluster-facts.ts";
import { readOwnFile, writeDurably } from "./durable-file.ts";
import { StartFailure } from "./start-failure.ts";

const FILE = "cluster.json";

/** What may lie in a directory that is not a cluster yet: what a start leaves that was cut off before the first write. */
const HARMLESS =
  /^(\.writable-\d+|host\.lock(\.\d+)?|host-token(\.new)?|secrets(\.new)?|cluster\.json\.new|processes\.json(\.new)?)$/;

/** What a new cluster knows of itself. */
function newFacts(config: HostConfig): ClusterFacts {
  return {
    version: 1,
    clusterId: config.clusterId,
    name: config.name,
    ranks: config.ranks,
    createdAt: new Date().toISOString(),
    ranksMade: false,
    desired: "running",
    fencingToken: 0,
    engineVersion: "",
    orders: [],
    restores: [],
  };
}

/** What keeps this configuration from fitting the cluster that is there; undefined when nothing does. */
export function misfit(facts: ClusterFacts, config: Pick<HostConfig, "clusterId" | "ranks">): string | undefined {
  if (facts.clusterId !== config.clusterId) {
    return `it holds the cluster "${facts.clusterId}", not "${config.clusterId}"`;
  }
  if (facts.ranks !== config.ranks) {
    return `its cluster was made with ${facts.ranks} rank(s), and the configuration asks for ${config.ranks}`;
  }
  return undefined;
}

/** The durable memory of the host manager. Changes are written one after the other; memory never runs ahead of the disk. */
export class ClusterFile {
  readonly #path: string;
  #facts: ClusterFacts;
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(path: string, facts: ClusterFacts) {
    this.#path = path;
    this.#facts = facts;
  }

  /** Opens the cluster in that directory, or makes one where nothing is. Throws a StartFailure, having changed nothing. */
  static async open(clusterDir: string, config: HostConfig): Promise<ClusterFile> {
    const path = join(clusterDir, FILE);
    const text = await readOwnFile(path);
    if (text !== undefined) {
      const facts = parseFacts(path, text);
      const reason = misfit(facts, config);
      if (reason !== undefined) {
        throw new StartFailure(
          "bad-config",
          `the data directory ${clusterDir} does not fit: ${reason}; nothing was touched`,
        );
      }
      const file = new ClusterFile(path, facts);
      if (facts.name !== config.name) await file.change((now) => ({ ...now, name: config.name }));
      return file;
    }
    const stranger = readdirSync(clusterDir).find((name) => !HARMLESS.test(name));
    if (stranger !== undefined) {
      throw new StartFailure(
        "cluster-damaged",
        `${clusterDir} holds "${basename(stranger)}" but no ${FILE}: not a cluster, or a damaged one; nothing was touched. ` +
          "Name an empty directory, or put the file back",
      );
    }
    const file = new ClusterFile(path, newFacts(config));
    await file.change((now) => now);
    return file;
  }

  get facts(): ClusterFacts {
    return this.#facts;
  }

  /** Applies `update` to the latest facts. Once this resolves the change survives a power cut; when it rejects, nothing changed. */
  change(update: (facts: ClusterFacts) => ClusterFacts): Promise<ClusterFacts> {
    const done = this.#tail.then(async () => {
      const next = update(this.#facts);
      await writeDurably(this.#path, `${JSON.stringify(next, null, 2)}\n`);
      this.#facts = next;
      return next;
    });
    this.#tail = done.catch(() => undefined);
    return done;
  }
}

function parseFacts(path: string, text: string): ClusterFacts {
  try {
    return ClusterFacts.parse(JSON.parse(text));
  } catch (error) {
    throw new StartFailure(
      "cluster-damaged",
      `${path} is not readable as a cluster of this version; nothing was touched. Put back a good copy of the file`,
      error,
    );
  }
}
