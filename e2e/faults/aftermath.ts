import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "@snapdeck/contract/job";
import { checkStore } from "@snapdeck/store-checker/check-store";
import { expect } from "vitest";
import { processesOf, until } from "../harness/processes.ts";
import { contentsOf } from "./contents.ts";
import { dataDigest } from "./data-digest.ts";
import { filesNobodyOwns } from "./store-files.ts";
import { type FaultWorld, SETTLED_WITHIN_MS } from "./world.ts";

/** What stood in the folders of the console and of the cluster before the case; nothing may be there besides afterwards. */
export type Before = { readonly jobs: ReadonlySet<string>; readonly folders: Readonly<Record<string, string[]>> };

export async function before(world: FaultWorld): Promise<Before> {
  return { jobs: new Set((await world.jobs()).map(({ id }) => id)), folders: foldersOf(world) };
}

/**
 * The data from before a restore that can be undone is that restore's; the store check looks at whose it is. What the host manager
 * notes of its processes comes and goes with them.
 */
function foldersOf({ stack: { servers } }: FaultWorld): Record<string, string[]> {
  const names = (folder: string) =>
    readdirSync(join(servers.home, folder)).filter((name) => !/^rank-\d+\.previous-|^processes\.json$/.test(name));
  return Object.fromEntries(["cluster", "state", "keys"].map((folder) => [folder, names(folder).toSorted()]));
}

/**
 * What must be true after any case, whatever was killed or broken in it: everything starts again, every job comes to an end that says
 * what to do, exactly the backups are listed whose jobs succeeded, nothing is left that nobody owns, and the data is what it was.
 * Answers how long the slowest job took to its end after everything it needs was started again or let go on, in milliseconds.
 */
export async function aftermath(world: FaultWorld, { jobs: known, folders }: Before): Promise<number | undefined> {
  await world.revive();
  await world.settled();
  const jobs = (await world.jobs()).filter(({ id }) => !known.has(id));
  const settledMs = slowest(world, jobs);
  await world.disarm();
  for (const job of jobs) endsWithAReason(job);
  await listsWhatSucceeded(world, jobs);
  await clearActivity(world, jobs);
  await until(
    "nothing is on the store that nobody owns",
    async () => (await unowned(world)).length === 0 || undefined,
  ).catch(async () => expect(await unowned(world), "files on the store that nobody owns").toEqual([]));
  expect(await breaksFound(world), "what the store check finds").toEqual([]);
  expect(foldersOf(world), "files beside state and data").toEqual(folders);
  await nobodyIsLeft(world);
  await dataIsUntouched(world);
  return settledMs;
}

function slowest(world: FaultWorld, jobs: readonly Job[]): number | undefined {
  const tookMs = jobs.flatMap(({ state }) => ("endedAt" in state ? (world.msSinceStart(state.endedAt) ?? []) : []));
  // Of a clock that was moved nothing can be told.
  const told = tookMs.filter((ms) => ms < SETTLED_WITHIN_MS * 10);
  return told.length === 0 ? undefined : Math.max(...told);
}

function endsWithAReason({ state, work }: Job): void {
  if (state.name !== "failed" && state.name !== "interrupted") return;
  const { code, detail = "", hint = "" } = state.problem;
  expect(detail, `${work.kind}: a failure says what happened`).not.toBe("");
  // An error that nobody foresaw is one that a failpoint threw.
  if (code !== "internal") expect(hint, `${work.kind}, ${code}: ${detail}: a failure says what to do`).not.toBe("");
}

/** I1 and I26, for the jobs of the case. */
async function listsWhatSucceeded(world: FaultWorld, jobs: readonly Job[]): Promise<void> {
  const deleted = new Set(jobs.flatMap(({ work }) => (work.kind === "delete-backup" ? [work.backupId] : [])));
  const listed = new Set((await world.backups()).map(({ id }) => id));
  for (const { work, state } of jobs) {
    if (work.kind !== "backup" || deleted.has(work.backupId)) continue;
    expect(listed.has(work.backupId), `a backup whose job is ${state.name} is listed`).toBe(state.name === "succeeded");
  }
}

/** What the entry of a failed job says is left goes when the entry is cleared. */
async function clearActivity(world: FaultWorld, jobs: readonly Job[]): Promise<void> {
  const admin = await world.admin();
  for (const { id, state } of jobs) {
    if (state.name === "failed" || state.name === "interrupted")
      await admin.get("cancelJob", { params: { jobId: id } });
  }
  expect((await admin.get("listActivity")).items, "entries under Activity").toEqual([]);
}

async function unowned(world: FaultWorld): Promise<string[]> {
  return filesNobodyOwns(
    world.stack.servers.storeRoot,
    (await world.backups()).map(({ id }) => id),
  );
}

/** The checker reads store, state, keys and the cluster's directory by itself, every byte of them. */
export async function breaksFound({ stack: { servers }, state }: FaultWorld): Promise<string[]> {
  const { breaks } = await checkStore({
    storeRoot: servers.storeRoot,
    keysDir: join(servers.home, "keys"),
    clusterDir: join(servers.home, "cluster"),
    state,
    bytes: true,
    lookAgainAfterMs: 200,
  });
  return breaks.map(({ invariant, kind, subject, detail }) => `${invariant} ${kind}: ${subject}: ${detail}`);
}

async function dataIsUntouched({ stack, contents, digest }: FaultWorld): Promise<void> {
  if (digest === undefined) expect(await contentsOf(stack.ranks), "the data of the cluster").toEqual(contents);
  else expect(dataDigest(join(stack.servers.home, "cluster")), "the bytes of the suspended cluster").toBe(digest);
}

async function nobodyIsLeft({ stack }: FaultWorld): Promise<void> {
  const { ranks } = await stack.ranks.status();
  const ours = new Set([stack.servers.bff.pid, stack.servers.host.pid, ...ranks.map(({ pid }) => pid)]);
  const others = () => processesOf(stack.servers.home).filter(({ pid }) => !ours.has(pid));
  await until("no process is left that nobody owns", () => others().length === 0 || undefined, 10_000).catch(
    () => undefined,
  );
  expect(others(), "processes that nobody owns").toEqual([]);
}
