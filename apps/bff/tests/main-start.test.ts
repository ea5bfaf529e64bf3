import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BffProcess, BuiltBff } from "./world/bff-process.ts";
import { Browser } from "./world/browser.ts";
import { LiveClient } from "./world/live-client.ts";
import { PASSWORD } from "./world/start-world.ts";

let built: BuiltBff;
let home: string;

beforeAll(async () => {
  built = await BuiltBff.make();
});

afterAll(() => built.remove());

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "snapdeck-bff-"));
  await writeFile(join(home, "host-token"), "t".repeat(43), { mode: 0o600 });
});

afterEach(() => rm(home, { recursive: true }));

/** A configuration whose cluster nobody serves: enough to start, and honest about it. */
function aConfig(overrides: Record<string, unknown> = {}) {
  return {
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
    ...overrides,
  };
}

async function refusal(config: unknown, nodeArguments: readonly string[] = []) {
  const { code, stdout, stderr } = await new BffProcess(built.main, config, nodeArguments).ended;
  expect(stdout).toBe("");
  expect(stderr).not.toMatch(/^\s+at /m);
  // One message: the log may have warned before it.
  const message = stderr.trimEnd().split("\n").at(-1) ?? "";
  return { code, message };
}

describe("A server that cannot start says why in one message, with an exit code", () => {
  const wrong = [
    { name: "that is not JSON", config: "{", tells: "is not JSON" },
    { name: "that is empty", config: "", tells: "is not JSON" },
    { name: "that lacks what it needs", config: { port: 0 }, tells: "stateDir: " },
    {
      name: "with a misspelt field",
      config: { port: 0, stateDri: "/x" },
      tells: 'Unrecognized key: "stateDri"',
    },
  ];
  test.each(wrong)("for a configuration $name", async ({ config, tells }) => {
    const { code, message } = await refusal(config);
    expect(code).toBe(64);
    expect(message).toContain(tells);
  });

  test("for an address beyond this machine without a public origin", async () => {
    const { code, message } = await refusal(aConfig({ listenHost: "0.0.0.0" }));
    expect(code).toBe(64);
    expect(message).toContain("publicOrigin: is needed");
  });

  test("for a port that another program has", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" ? address?.port : 0;
    const { code, message } = await refusal(aConfig({ port }));
    await new Promise((resolve) => other.close(resolve));
    expect(code).toBe(69);
    expect(message).toContain(`port ${port} on 127.0.0.1 cannot be opened: another program has it`);
  });

  test("for a state directory that another Snapdeck uses, and the other goes on", async () => {
    await using first = new BffProcess(built.main, aConfig());
    const { url } = await first.ready();
    const { code, message } = await refusal(aConfig());
    expect(code).toBe(75);
    expect(message).toContain("in use by another Snapdeck");
    expect((await new Browser(url).ask("GET", "/healthz")).status).toBe(200);
  });

  test("for a state directory that cannot be made", async () => {
    await writeFile(join(home, "file"), "");
    const { code, message } = await refusal(aConfig({ stateDir: join(home, "file/state") }));
    expect(code).toBe(73);
    expect(message).toContain("cannot be made or written (ENOTDIR)");
  });

  test("for a state directory that others may enter, or that is a link", async () => {
    await mkdir(join(home, "state"), { mode: 0o755 });
    expect(await refusal(aConfig())).toMatchObject({ code: 77, message: expect.stringContaining("chmod 700") });
    await symlink(join(home, "state"), join(home, "link"));
    expect(await refusal(aConfig({ stateDir: join(home, "link") }))).toMatchObject({ code: 77 });
  });

  test("for a state that a newer Snapdeck wrote, which stays as it is", async () => {
    const first = new BffProcess(built.main, aConfig());
    await first.ready();
    await first.kill("SIGTERM");
    const database = new Database(join(home, "state/state.sqlite"));
    database.exec("insert into migrations (name, timestamp) values ('9999-future', '2030-01-01')");
    database.close();
    const { code, message } = await refusal(aConfig());
    expect(code).toBe(65);
    expect(message).toContain("was written by a newer Snapdeck (it holds 9999-future); nothing was changed");
  });

  test("for a state file that is something else", async () => {
    await mkdir(join(home, "state"), { mode: 0o700 });
    await writeFile(join(home, "state/state.sqlite"), "not a database".repeat(1000));
    expect(await refusal(aConfig())).toMatchObject({ code: 65 });
  });

  test("for a key that others could read, or that is damaged", async () => {
    await mkdir(join(home, "keys"), { mode: 0o700 });
    const key = join(home, "keys/sealing.key");
    await writeFile(key, Buffer.alloc(32, 7).toString("base64"), { mode: 0o600 });
    await chmod(key, 0o644);
    expect(await refusal(aConfig())).toMatchObject({ code: 77, message: expect.stringContaining("chmod 600") });
    await writeFile(key, "short");
    await chmod(key, 0o600);
    expect(await refusal(aConfig())).toMatchObject({ code: 65, message: expect.stringContaining("is damaged") });
  });

  test("for a host manager whose token is not there", async () => {
    await rm(join(home, "host-token"));
    const { code, message } = await refusal(aConfig());
    expect(code).toBe(64);
    expect(message).toContain("Start the host manager first");
  });

  test("for a Node.js that is too old", async () => {
    const old = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"18.19.0"})';
    const { code, message } = await refusal(aConfig(), ["--import", old]);
    expect(code).toBe(72);
    expect(message).toContain("this is Node.js 18.19.0, and Snapdeck needs 20.19 or newer");
  });
});

describe("A server that starts", () => {
  test("serves although its cluster does not answer, and says that it is not ready", async () => {
    await using bff = new BffProcess(built.main, aConfig());
    const { url } = await bff.ready();
    const answer = await new Browser(url).ask("GET", "/readyz");
    expect(answer.status).toBe(503);
    expect(answer.text).toContain("local");
  });

  test("prints a setup link until somebody used it, a new one each time", async () => {
    const links: (string | undefined)[] = [];
    for (let start = 0; start < 2; start += 1) {
      const bff = new BffProcess(built.main, aConfig());
      const { url, setupUrl } = await bff.ready();
      links.push(setupUrl);
      if (start === 1) {
        const browser = new Browser(url);
        const stale = await browser.setUp(new URL(links[0] ?? "").hash.slice("#token=".length), "ada", PASSWORD);
        expect(stale.problem().code).toBe("setup-link-invalid");
        expect(
          (await browser.setUp(new URL(setupUrl ?? "").hash.slice("#token=".length), "ada", PASSWORD)).status,
        ).toBe(201);
      }
      await bff.kill("SIGTERM");
    }
    expect(links[0]).not.toBe(links[1]);
    await using third = new BffProcess(built.main, aConfig());
    const { url, setupUrl } = await third.ready();
    expect(setupUrl).toBeUndefined();
    expect((await new Browser(url).signIn("ada", PASSWORD)).status).toBe(201);
  });

  test("keeps state and keys for its own user alone", async () => {
    await using bff = new BffProcess(built.main, aConfig());
    await bff.ready();
    const modes = await Promise.all(
      ["state", "state/state.sqlite", "state/state.sqlite-wal", "keys", "keys/sealing.key"].map(async (path) => [
        path,
        ((await stat(join(home, path))).mode & 0o077).toString(8),
      ]),
    );
    expect(modes.filter(([, others]) => others !== "0")).toEqual([]);
  });

  test.each(["SIGTERM", "SIGINT"] as const)(
    "ends with code 0 on %s, and tells live pages that it goes away",
    async (signal) => {
      await using bff = new BffProcess(built.main, aConfig());
      const { url, setupUrl } = await bff.ready();
      const browser = new Browser(url);
      await browser.setUp(new URL(setupUrl ?? "").hash.slice("#token=".length), "ada", PASSWORD);
      const client = await LiveClient.of(browser);
      const { code, stderr } = await bff.kill(signal);
      expect(code).toBe(0);
      expect(await client.closed).toBe(1001);
      expect(stderr).not.toMatch(/"level":"(error|fatal)"/);
    },
  );

  test("knows again who was signed in when it was killed", async () => {
    const first = new BffProcess(built.main, aConfig());
    const { url, setupUrl } = await first.ready();
    const browser = new Browser(url);
    await browser.setUp(new URL(setupUrl ?? "").hash.slice("#token=".length), "ada", PASSWORD);
    await first.kill("SIGKILL");
    await using second = new BffProcess(built.main, aConfig({ port: Number(new URL(url).port) }));
    await second.ready();
    const answer = await browser.ask("GET", "/api/session");
    expect(answer.json()).toMatchObject({ signedIn: true, user: { username: "ada" } });
  });
});
