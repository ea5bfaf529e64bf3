import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { isAlive } from "../launcher/process-identity.mjs";
import { Launched } from "./launched.ts";

const running: Launched[] = [];
const folders: string[] = [];

/** A folder that is removed when the test is done. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "snapdeck-launched-"));
  folders.push(folder);
  return folder;
}

/** Starts a launcher that is ended when the test is. */
function launch(...args: ConstructorParameters<typeof Launched>): Launched {
  const launched = new Launched(...args);
  running.push(launched);
  return launched;
}

async function isHealthy(url: string): Promise<true | undefined> {
  return fetch(new URL("/healthz", url)).then(
    ({ ok }) => ok || undefined,
    () => undefined,
  );
}

afterEach(async () => {
  const all = running.splice(0);
  for (const launched of all) {
    if (launched.process.exitCode === null && launched.process.signalCode === null) launched.process.kill("SIGTERM");
    await launched.exited;
  }
  for (const launched of all) await launched.remove();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe("npm start", () => {
  test("prints one address, a setup link the first time, and Ctrl-C stops everything", async () => {
    const first = launch();
    const link = await first.url();
    expect(link).toContain("/setup#token=");
    expect(await isHealthy(link)).toBe(true);
    const { bff, host } = first.processes();
    expect(statSync(first.home).mode & 0o777).toBe(0o700);

    first.pressCtrlC();
    expect(await first.exited).toBe(0);
    expect(first.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect([bff, host].map((each) => each !== undefined && isAlive(each))).toEqual([false, false]);
  });

  test("stops cleanly through npm as well, which passes Ctrl-C on a second time", async () => {
    const launched = launch([], { program: "npm" });
    await launched.url();
    launched.pressCtrlC();
    expect(await launched.exited).toBe(0);
    expect(launched.stderr).not.toContain("by force");
  });

  test("starts the BFF again when it dies, and says so", async () => {
    const launched = launch();
    const url = await launched.url();
    const { bff } = launched.processes();
    if (bff === undefined) throw new Error("the BFF is not recorded");
    process.kill(bff.pid, "SIGKILL");
    await launched.until("it is told", () => launched.stderr.includes("The BFF runs again") || undefined);
    expect(launched.stderr).toContain("The BFF stopped (SIGKILL)");
    await launched.until("it serves", () => isHealthy(url));
  });

  test("starts the host manager again where the BFF looks for it", async () => {
    const launched = launch();
    const url = await launched.url();
    const { host } = launched.processes();
    if (host === undefined) throw new Error("the host manager is not recorded");
    process.kill(host.pid, "SIGKILL");
    await launched.until("it is told", () => launched.stderr.includes("The host manager runs again") || undefined);
    await launched.until("all is ready", async () => (await fetch(new URL("/readyz", url))).ok || undefined);
  });

  test("ends what a launcher that was killed left behind, and starts", async () => {
    const killed = launch();
    await killed.url();
    const { bff, host } = killed.processes();
    killed.process.kill("SIGKILL");
    await killed.exited;
    expect([bff, host].map((each) => each !== undefined && isAlive(each))).toEqual([true, true]);

    const next = launch([], { home: killed.home });
    await next.url();
    expect([bff, host].map((each) => each !== undefined && isAlive(each))).toEqual([false, false]);
  });

  test("keeps the name and the ranks that the cluster was made with", async () => {
    const first = launch(["--name", "harbour", "--ranks", "2"]);
    await first.url();
    first.pressCtrlC();
    await first.exited;

    const refused = launch(["--ranks", "3"], { home: first.home });
    expect(await refused.exited).toBe(64);
    expect(refused.stderr).toContain("made with 2 rank(s), and --ranks asks for 3");
    const again = launch([], { home: first.home });
    await again.url();
    again.pressCtrlC();
    await again.exited;
  });
});

describe("npm start refuses", () => {
  const onOneLine = (launched: Launched) => {
    expect(launched.stdout).toBe("");
    expect(launched.stderr.trimEnd().split("\n")).toHaveLength(1);
    return launched.stderr;
  };

  test("a home where Snapdeck runs already", async () => {
    const first = launch();
    await first.url();
    const second = launch([], { home: first.home });
    expect(await second.exited).toBe(75);
    expect(onOneLine(second)).toContain(`already runs in ${first.home} (process ${first.process.pid})`);
  });

  test("a port that is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const launched = launch(["--port", String(port)]);
    expect(await launched.exited).toBe(69);
    expect(onOneLine(launched)).toContain(`Port ${port} on 127.0.0.1 is in use`);
    other.close();
  });

  test("a home that cannot be made", async () => {
    const file = join(newFolder(), "file");
    writeFileSync(file, "");
    const launched = launch([], { home: join(file, "home") });
    expect(await launched.exited).toBe(73);
    expect(onOneLine(launched)).toContain("cannot be made or written (ENOTDIR)");
  });

  test("a folder that holds something else, and leaves it as it is", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, "photos"));
    const before = statSync(folder).mode;
    const launched = launch([], { home: folder });
    expect(await launched.exited).toBe(77);
    expect(onOneLine(launched)).toContain("holds other files");
    expect(statSync(folder).mode).toBe(before);
  });

  test("an option that it does not know", async () => {
    const launched = launch(["--prot", "8001"]);
    expect(await launched.exited).toBe(64);
    expect(onOneLine(launched)).toContain("--prot");
  });
});
