import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Job, UNDER_WAY } from "@snapdeck/contract/job";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { postgresForTests } from "./postgres/postgres-state.ts";
import { BffProcess, BuiltBff } from "./world/bff-process.ts";
import { Browser } from "./world/browser.ts";
import { EmbeddedCluster } from "./world/embedded-cluster.ts";
import { LiveClient } from "./world/live-client.ts";
import { PASSWORD } from "./world/start-world.ts";

const CLUSTER = "/api/clusters/local";
/** So slow that the 33 MB of the example data take some ten seconds: whoever drives is killed in the middle. */
const SLOW_BYTES_PER_SECOND = 3_000_000;
/** Every job whose driver died is taken up within that time (I25). */
const TAKEN_UP_WITHIN_MS = 60_000;

const { freshDatabase } = postgresForTests();

type Replica = { readonly process: BffProcess; readonly browser: Browser; readonly live: LiveClient };

let built: BuiltBff;
let home: string;
let cluster: EmbeddedCluster;
let databaseUrl: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "snapdeck-replicas-"));
  [built, cluster] = await Promise.all([BuiltBff.make(), EmbeddedCluster.start(home)]);
  databaseUrl = await freshDatabase();
});

afterAll(async () => {
  await cluster.stop();
  await built.remove();
  await rm(home, { recursive: true, force: true });
});

/** What a server of that name is told: its own state directory and port, and the keys that all of them share. */
function configOf(name: string) {
  return {
    port: 0,
    stateDir: join(home, `state-${name}`),
    keysDir: join(home, "keys"),
    logLevel: "warn",
    cluster: {
      id: "local",
      name: "local",
      hostUrl: cluster.hostUrl,
      hostTokenFile: cluster.hostTokenFile,
      storeRoot: join(home, "store"),
      backupBandwidthBytesPerSecond: SLOW_BYTES_PER_SECOND,
    },
  };
}

function started(name: string): BffProcess {
  return new BffProcess(built.main, configOf(name), [], { DATABASE_URL: databaseUrl });
}

async function watched(process: BffProcess, browser: Browser): Promise<Replica> {
  const live = await LiveClient.of(browser);
  live.follow(0);
  await live.until(() => live.of("following").length > 0);
  return { process, browser, live };
}

async function ask(browser: Browser, path: string, body: object = {}): Promise<Job> {
  const answer = await browser.ask("POST", `${CLUSTER}${path}`, { body });
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  return Job.parse(answer.json());
}

async function ended(browser: Browser, { id }: Job): Promise<Job> {
  return vi.waitFor(
    async () => {
      const job = Job.parse((await browser.ask("GET", `${CLUSTER}/jobs/${id}`)).json());
      if (UNDER_WAY.some((name) => name === job.state.name)) throw new Error(`the job is ${JSON.stringify(job.state)}`);
      return job;
    },
    { timeout: TAKEN_UP_WITHIN_MS, interval: 200 },
  );
}

/** The process that drives the job, as its lease says. */
async function driverOf({ id }: Job): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query("select owner from job_leases where job_id = $1", [id]);
    return Number(String(rows[0]?.owner).split("-")[0]);
  } finally {
    await client.end();
  }
}

describe("I25: two servers on one PostgreSQL and one cluster", () => {
  test("outlive each other: a backup whose driver is killed is brought to its end by the other, and both tell the same", async () => {
    const processes = [started("a"), started("b")];
    await using stack = new Killed(processes);
    const [a, b] = await Promise.all(processes.map((each) => each.ready()));
    const link = a?.setupUrl ?? "";
    const first = new Browser(a?.url ?? "");
    const second = new Browser(b?.url ?? "");
    expect((await first.setUp(new URL(link).hash.slice("#token=".length), "ada", PASSWORD)).status).toBe(201);
    // The user that one server made signs in at the other.
    expect((await second.signIn("ada", PASSWORD)).status).toBe(201);
    const replicas = [await watched(stack.at(0), first), await watched(stack.at(1), second)];

    expect((await ended(second, await ask(first, "/example-data"))).state.name).toBe("succeeded");
    const backup = await ask(first, "/backups");
    const isCopying = ({ live }: Replica) =>
      live.of("progress").some(({ jobId, progress }) => jobId === backup.id && progress.bytesDone > 0);
    for (const replica of replicas) await replica.live.until(() => isCopying(replica));

    const refused = await Promise.all(
      replicas.map(({ browser }) => browser.ask("POST", `${CLUSTER}/suspend`, { body: {} })),
    );
    for (const answer of refused) {
      expect(answer.status).toBe(409);
      expect(answer.problem()).toMatchObject({ code: "cluster-busy", jobId: backup.id });
    }

    const driver = await driverOf(backup);
    const [killed] = replicas.filter(({ process }) => process.pid === driver);
    const [survivor] = replicas.filter(({ process }) => process.pid !== driver);
    if (killed === undefined || survivor === undefined) throw new Error(`nobody here is ${driver}`);
    await killed.process.kill("SIGKILL");

    const done = await ended(survivor.browser, backup);
    expect(done.state.name).toBe("succeeded");
    expect(await driverOf(backup)).toBeNaN();
    const list = (await survivor.browser.ask("GET", `${CLUSTER}/backups`)).json();
    expect(list).toMatchObject({ items: [{ id: done.work.kind === "backup" ? done.work.backupId : "" }] });

    const check = await ended(survivor.browser, await ask(survivor.browser, "/store-checks", { bytes: false }));
    expect(check.state).toMatchObject({ name: "succeeded" });

    const seqs = survivor.live.seqs();
    expect(seqs).toEqual(seqs.map((_, n) => n + 1));
    const heard = ({ live }: Replica) => live.of("job").map(({ seq, job }) => [seq, job.id, job.state.name]);
    const before = heard(killed);
    expect(before.length).toBeGreaterThan(3);
    expect(heard(survivor).slice(0, before.length)).toEqual(before);

    // Whoever comes back goes on where the other stands, also in its sessions.
    const again = started("a");
    stack.add(again);
    const { url } = await again.ready();
    const back = new Browser(url);
    await back.signIn("ada", PASSWORD);
    // The name of the cookie is each server's own where each has its own address; the session behind it is everybody's.
    const [name = ""] = back.cookie?.split("=") ?? [];
    back.cookie = `${name}=${survivor.browser.cookie?.split("=")[1]}`;
    expect((await back.ask("GET", "/api/session")).json()).toMatchObject({
      csrfToken: survivor.browser.csrfToken,
    });
    const third = await watched(again, back);
    await third.live.until(() => third.live.seqs().length >= seqs.length);
    expect(heard(third).slice(0, seqs.length)).toEqual(heard(survivor).slice(0, seqs.length));
  });
});

describe("a server that is given a database", () => {
  const refusal = async (config: object, env: NodeJS.ProcessEnv = {}) => {
    const whole = { ...configOf("refused"), ...config };
    const { code, stdout, stderr } = await new BffProcess(built.main, whole, [], env).ended;
    expect(stdout).toBe("");
    return { code, stderr };
  };

  test("is refused an address that is none, wherever it comes from, and repeats nothing of it", async () => {
    const databaseUrl = "mysql://ana:hushhush@db.example/snapdeck";
    for (const [config, env] of [
      [{ databaseUrl }, {}],
      [{}, { DATABASE_URL: databaseUrl }],
    ] as const) {
      const { code, stderr } = await refusal(config, env);
      expect(code).toBe(64);
      expect(stderr).toContain("databaseUrl: (or DATABASE_URL) is not like postgres://");
      expect(stderr).not.toContain("hushhush");
    }
  });

  test("believes its configuration before its environment, and says which database it cannot use without its password", async () => {
    const wrong = new URL(databaseUrl);
    wrong.password = "hushhush";
    const { code, stderr } = await refusal({ databaseUrl: wrong.href }, { DATABASE_URL: databaseUrl });
    expect(code).toBe(65);
    expect(stderr).toContain(`the state database ${wrong.pathname.slice(1)} on ${wrong.host} cannot be used`);
    expect(stderr).not.toContain("hushhush");
  });
});

/** Processes that are killed at the end of a test, whatever became of it. */
class Killed {
  readonly #processes: BffProcess[];

  constructor(processes: readonly BffProcess[]) {
    this.#processes = [...processes];
  }

  at(index: number): BffProcess {
    const found = this.#processes[index];
    if (found === undefined) throw new Error(`there is no process ${index}`);
    return found;
  }

  add(process: BffProcess): void {
    this.#processes.push(process);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#processes) await process.kill("SIGKILL");
  }
}
