import { randomUUID } from "node:crypto";
import type { Role } from "@snapdeck/contract/role";
import { UserId } from "@snapdeck/contract/scalars";
import { PasswordHasher } from "../../src/auth/password-hasher.ts";
import { Config } from "../../src/config.ts";
import { createLog } from "../../src/log.ts";
import type { Services } from "../../src/services.ts";
import { serve } from "../../src/start/serve.ts";
import { Browser } from "./browser.ts";
import { MemoryClusterServices } from "./memory-cluster-services.ts";
import { memoryAudit, memorySessions, memoryUsers } from "./memory-users.ts";

export const PASSWORD = "correct horse battery";

/** A clock that a test can move; it also runs by itself. */
class TestClock {
  #aheadMs = 0;

  readonly now = (): string => new Date(Date.now() + this.#aheadMs).toISOString();

  pass(ms: number): void {
    this.#aheadMs += ms;
  }
}

type Wishes = {
  readonly config?: Record<string, unknown>;
  readonly services?: (services: Services) => Services;
};

/** Limits that no test meets by accident. */
const ROOMY = {
  signInsPerMinute: 1000,
  signInsPerMinuteOfAddress: 1000,
  changesPerMinute: 10_000,
  readsPerSecond: 10_000,
};

/** The whole HTTP and live side on a free port, over services in memory. */
export async function startWorld(wishes: Wishes = {}) {
  const clock = new TestClock();
  const cluster = new MemoryClusterServices();
  const audit = memoryAudit(clock.now);
  const sessions = memorySessions();
  const users = memoryUsers(audit);
  // A cheap hash: what OWASP's costs is measured where the hasher is tested.
  const hasher = new PasswordHasher({ costLog2: 4, blockSize: 8, parallelism: 1 });
  const logged: { msg?: string; requestId?: string }[] = [];
  const log = createLog("debug", { write: (line: string) => logged.push(JSON.parse(line)) });
  const {
    cluster: _,
    stateDir: __,
    keysDir: ___,
    logLevel: ____,
    ...config
  } = Config.parse({
    port: 0,
    stateDir: "/nowhere",
    keysDir: "/nowhere",
    cluster: { id: "local", name: "local", hostUrl: "http://127.0.0.1:1", hostTokenFile: "/x", storeRoot: "/x" },
    limits: ROOMY,
    ...wishes.config,
  });
  const ready = { waitingFor: [] as string[] };
  const all: Services = {
    ...cluster.services,
    users,
    sessions,
    audit,
    readiness: async () => ({ ready: ready.waitingFor.length === 0, waitingFor: ready.waitingFor }),
  };
  const services = wishes.services?.(all) ?? all;
  const serving = await serve({
    config,
    services,
    start: async () => undefined,
    hasher,
    clock: clock.now,
    newId: randomUUID,
    log,
    version: "0.1.0",
  });

  const addUser = async (username: string, role: Role) => {
    const id = UserId.parse(randomUUID());
    users.add({ id, username, role, createdAt: clock.now(), passwordHash: await hasher.hash(PASSWORD) });
    return id;
  };
  const url = serving.url;
  return {
    url,
    setupUrl: serving.setupUrl,
    clock,
    cluster,
    audit,
    sessions,
    users,
    logged,
    ready,
    addUser,
    /** A browser that nobody signed in with. */
    browser: () => new Browser(url),
    /** A browser in which a new user of that role signed in. */
    signedIn: async (role: Role, username = `${role}-${randomUUID().slice(0, 8)}`) => {
      await addUser(username, role);
      const browser = new Browser(url);
      await browser.signIn(username, PASSWORD);
      return browser;
    },
    stop: () => serving.stop(),
    [Symbol.asyncDispose]: () => serving.stop(),
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;
