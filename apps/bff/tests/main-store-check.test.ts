import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Job } from "@snapdeck/contract/job";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { BffProcess, BuiltBff } from "./world/bff-process.ts";
import { Browser } from "./world/browser.ts";
import { PASSWORD } from "./world/start-world.ts";

let built: BuiltBff;
let home: string;

beforeAll(async () => {
  built = await BuiltBff.make();
  home = await mkdtemp(join(tmpdir(), "snapdeck-bff-"));
  await writeFile(join(home, "host-token"), "t".repeat(43), { mode: 0o600 });
});

afterAll(async () => {
  await built.remove();
  await rm(home, { recursive: true });
});

/** A cluster that nobody serves: a store can be checked all the same. */
const config = () => ({
  port: 0,
  stateDir: join(home, "state"),
  keysDir: join(home, "keys"),
  logLevel: "warn",
  cluster: {
    id: "local",
    name: "local",
    hostUrl: "http://127.0.0.1:9",
    hostTokenFile: join(home, "host-token"),
    storeRoot: join(home, "store"),
  },
});

async function checked(browser: Browser, bytes: boolean): Promise<Job["state"]> {
  const answer = await browser.ask("POST", "/api/clusters/local/store-checks", { body: { bytes } });
  expect(answer.status).toBe(202);
  const { id } = Job.parse(answer.json());
  return vi.waitFor(
    async () => {
      const { state } = Job.parse((await browser.ask("GET", `/api/clusters/local/jobs/${id}`)).json());
      expect(["succeeded", "failed"]).toContain(state.name);
      return state;
    },
    { timeout: 60_000, interval: 50 },
  );
}

test("the server that is shipped checks its own store and state beside everything else, and names what nothing owns", async () => {
  await using bff = new BffProcess(built.main, config());
  const { url, setupUrl } = await bff.ready();
  const browser = new Browser(url);
  await browser.setUp(new URL(setupUrl ?? "").hash.slice("#token=".length), "ada", PASSWORD);
  expect(await checked(browser, true)).toMatchObject({
    name: "succeeded",
    evidence: { kind: "check-store", backups: 0, files: 0 },
  });
  const folder = join(home, "store/local/20261122-140000-abcdefabcdef/a1-x/rank-0");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, "1.bin"), "left by nobody", { mode: 0o600 });
  expect(await checked(browser, false)).toMatchObject({
    name: "failed",
    problem: { code: "store-broken", detail: expect.stringMatching(/\nI4 .*20261122-140000-abcdefabcdef/) },
  });
});
