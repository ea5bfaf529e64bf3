import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Job, UNDER_WAY } from "@snapdeck/contract/job";
import type { JobId } from "@snapdeck/contract/scalars";
import { Api } from "../harness/api.ts";
import { BUILT } from "../harness/machine.ts";
import { PEOPLE } from "../harness/people.ts";
import { type Server, startServer, until } from "../harness/processes.ts";
import { withConfig } from "./second-process.ts";
import { type FaultWorld, SETTLED_WITHIN_MS } from "./world.ts";

/** A second BFF on the same state, store and cluster, with a port and a state directory of its own. */
export class Replica {
  readonly #server: Server;
  readonly #stateDir: string;
  /** Signed in as an admin. */
  readonly api: Api;

  private constructor(server: Server, stateDir: string) {
    this.#server = server;
    this.#stateDir = stateDir;
    const url = String(server.ready["url"]);
    this.api = new Api(() => ({ url, host: new URL(url).host }));
  }

  static async beside({ stack: { servers } }: FaultWorld): Promise<Replica> {
    const stateDir = join(servers.home, "second-state");
    const config = withConfig(servers.home, "bff", { port: 0, stateDir });
    const server = await startServer(BUILT.bff, config, join(servers.logs, "second-bff.log"), {
      TMPDIR: join(servers.home, "tmp"),
    });
    const replica = new Replica(server, stateDir);
    try {
      await replica.api.signIn(PEOPLE.admin.username, PEOPLE.admin.password);
      return replica;
    } catch (error) {
      await replica.kill();
      throw error;
    }
  }

  get pid(): number {
    return this.#server.pid;
  }

  job(jobId: JobId): Promise<Job> {
    return this.api.get("getJob", { params: { jobId } });
  }

  /** Waits until the job has ended, as seen from here, and answers how; fails when that takes longer than promised. */
  ended(jobId: JobId): Promise<Job> {
    return until(
      `the replica sees the end of job ${jobId}`,
      async () => {
        const job = await this.job(jobId);
        return UNDER_WAY.some((name) => name === job.state.name) ? undefined : job;
      },
      SETTLED_WITHIN_MS,
    );
  }

  async kill(): Promise<void> {
    await this.#server.kill();
    rmSync(this.#stateDir, { recursive: true, force: true });
  }

  /** Fails when it did not stop in order. */
  async stop(): Promise<void> {
    const code = await this.#server.stop();
    rmSync(this.#stateDir, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the replica ended with ${code}`);
  }
}
