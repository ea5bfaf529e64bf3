import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pictureOf } from "./fixture/picture.ts";
import { World } from "./fixture/world.ts";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

/** Below the packages that are installed, because the bundle looks for its native modules from where it stands. */
let bundle = "";
beforeAll(async () => {
  const cache = join(PACKAGE, "../../node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  bundle = mkdtempSync(join(cache, "store-checker-"));
  await run(process.execPath, ["build.mjs", bundle], { cwd: PACKAGE });
});
afterAll(() => rmSync(bundle, { recursive: true, force: true }));

type Ended = { code: number; out: string; err: string };

/** Runs the bundled command as `scripts/snapdeck.mjs` does, with that home as its default. */
async function checkStore(home: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const script = `
    const { main } = await import(process.argv[1]);
    const layoutOf = (home) => Object.fromEntries(["store", "state", "keys", "cluster"].map((name) => [name, home + "/" + name]));
    process.exitCode = await main(process.argv.slice(3), { defaultHome: process.argv[2], layoutOf });`;
  const argv = ["--input-type=module", "-e", script, "--", join(bundle, "check-store.mjs"), home, ...args];
  const { DATABASE_URL: _, ...inherited } = process.env;
  try {
    const { stdout, stderr } = await run(process.execPath, argv, { env: { ...inherited, ...env } });
    return { code: 0, out: stdout, err: stderr };
  } catch (failure) {
    const { code, stdout, stderr } = Object(failure);
    return { code, out: stdout, err: stderr };
  }
}

/** A console where no job is under way: the command takes the time from the machine. */
async function idle(): Promise<World> {
  const world = await World.make();
  world.hasClusterDir();
  for (const table of ["job_locks", "job_leases"]) await world.statements.run(`delete from ${table}`);
  await world.statements.run("delete from jobs where id = ?", world.jobId("running"));
  await world.statements.run("delete from job_changes where seq > ?", world.jobs.get("suspended")?.seq ?? 0);
  await world.statements.run("update clusters set newest_seq = ?", world.jobs.get("suspended")?.seq ?? 0);
  await world.statements.run("delete from audit where target like ?", `%${world.jobId("running")}`);
  await world.statements.run(
    "update audit_head set seq = (select max(seq) from audit), hash = (select hash from audit order by seq desc limit 1)",
  );
  world.store.remove("local/b-running");
  return world;
}

test("A clean home is one line and exit code 0, and stays as it is", async () => {
  using world = await idle();
  world.close();
  const before = pictureOf(world.home);
  const { code, out, err } = await checkStore(world.home, ["--bytes"]);
  expect(err).toBe("");
  expect(out).toMatch(
    /^3 backups, 54 files, \d+ bytes: \d+ facts of \d+ invariants in [\d.]+ s\. Nothing is broken\.\n$/,
  );
  expect(code).toBe(0);
  expect(pictureOf(world.home)).toEqual(before);
});

test("Breaks are a line each, grouped by backup, and exit code 1", async () => {
  using world = await idle();
  world.store.write("local/b-failed/a1-dead/x.bin", "x");
  world.store.write("local/b-1/notes", "x");
  world.store.write("notes", "x");
  const { code, out } = await checkStore("/nowhere", ["--home", world.home]);
  expect(code).toBe(1);
  expect(out.split("\n")).toEqual([
    "Store and state",
    "  I4  notes Snapdeck puts nothing of that name there, so nothing owns it",
    "",
    "Backup local/b-1",
    "  I4  local/b-1/notes Snapdeck puts nothing of that name there, so nothing owns it",
    "",
    "Backup local/b-failed",
    expect.stringMatching(
      /^ {2}I4 {2}local\/b-failed is not listed, and job \S+ \(backup\) is failed; it holds 1 file, 1 bytes \(nothing owns it: can be removed/,
    ),
    "",
    expect.stringMatching(/ 3 breaks\. --repair removes what nothing owns \(1\)\.$/),
    "",
  ]);
  const repaired = await checkStore(world.home, ["--repair", "--json"]);
  expect(repaired.code).toBe(1);
  expect(JSON.parse(repaired.out).breaks.filter((each: { repaired?: boolean }) => each.repaired)).toHaveLength(1);
});

test("A store alone is checked without the state and the keys of the home", async () => {
  using world = await idle();
  const { code, out } = await checkStore("/nowhere", ["--store", world.store.root]);
  expect(out).toContain("Nothing is broken");
  expect(code).toBe(0);
});

test("What cannot be read is exit code 66, and DATABASE_URL counts", async () => {
  using world = await idle();
  const nowhere = await checkStore("/nowhere", []);
  expect(nowhere).toMatchObject({ code: 66, out: "" });
  expect(nowhere.err).toContain("/nowhere/store cannot be read (ENOENT)");
  const env = { DATABASE_URL: "postgres://x:hunter2@127.0.0.1:1/x" };
  const refused = await checkStore(world.home, [], env);
  expect(refused).toMatchObject({
    code: 66,
    err: expect.stringContaining("on PostgreSQL cannot be read (ECONNREFUSED)"),
  });
  expect(refused.err).not.toContain("hunter2");
  expect(await checkStore(world.home, ["--state", world.stateFile], env)).toMatchObject({ code: 0 });
});

test("What is not understood is exit code 64, and help is help", async () => {
  for (const args of [["--what"], ["--store", ""], ["--cluster", "../x"], ["extra"]]) {
    expect(await checkStore("/nowhere", args)).toMatchObject({ code: 64, out: "" });
  }
  expect(await checkStore("/nowhere", ["--help"])).toMatchObject({ code: 0, out: expect.stringContaining("--bytes") });
});
