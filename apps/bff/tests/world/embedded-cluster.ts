import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const PACKAGE = fileURLToPath(new URL("../../../cluster", import.meta.url));

const ReadyLine = z.object({ ready: z.literal(true), url: z.url(), tokenFile: z.string() });

/** A host manager and its engines, built from what stands here, as processes of their own. */
export class EmbeddedCluster {
  readonly #child: ChildProcess;
  readonly #built: string;
  readonly hostUrl: string;
  readonly hostTokenFile: string;

  private constructor(child: ChildProcess, built: string, { url, tokenFile }: z.infer<typeof ReadyLine>) {
    this.#child = child;
    this.#built = built;
    this.hostUrl = url;
    this.hostTokenFile = tokenFile;
  }

  /** With its data and its store below `home`. */
  static async start(home: string, ranks = 1): Promise<EmbeddedCluster> {
    const built = await build();
    const config = join(home, "host.json");
    const storeRoot = join(home, "store");
    const settings = {
      clusterDir: join(home, "cluster"),
      storeRoot,
      backupRoots: [join(home, "database-backups")],
      clusterId: "local",
      name: "local",
      ranks,
      port: 0,
    };
    await writeFile(config, JSON.stringify(settings));
    const child = spawn(process.execPath, [join(built, "host.mjs"), "--config", config], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`the host manager ended with ${code}`);
    });
    ended.catch(() => undefined);
    const line = once(createInterface({ input: child.stdout }), "line");
    const [ready] = await Promise.race([line, ended]);
    return new EmbeddedCluster(child, built, ReadyLine.parse(JSON.parse(String(ready))));
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await gone;
    await rm(this.#built, { recursive: true, force: true });
  }
}

/** In a place from which the engine is found. */
async function build(): Promise<string> {
  const cache = join(PACKAGE, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, "host-"));
  const [code] = await once(
    spawn(process.execPath, ["build.mjs", directory], { cwd: PACKAGE, stdio: "inherit" }),
    "close",
  );
  if (code !== 0) throw new Error(`the build ended with ${code}`);
  return directory;
}
