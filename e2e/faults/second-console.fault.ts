import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "vitest";
import { BUILT } from "../harness/machine.ts";
import { isAlive } from "../harness/processes.ts";
import { faults } from "./cases.ts";
import { endedAs } from "./expect-end.ts";
import { withConfig } from "./second-process.ts";
import { backUpUntil } from "./slow-backup.ts";
import type { FaultWorld } from "./world.ts";

/** `EX_TEMPFAIL`: another Snapdeck runs on this state directory. */
const STATE_IN_USE = 75;

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Starts a server with that configuration and waits for its end, or ends it once it says that it serves. */
async function tried(program: string, configFile: string, home: string): Promise<Ended> {
  const child = spawn(process.execPath, [program, "--config", configFile], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: join(home, "tmp") },
  });
  child.stdout.once("data", () => child.kill("SIGTERM"));
  const [[code], stdout, stderr] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** Where SQLite keeps `user_version` in a file's header, in which the holder of the lock stands. */
const HOLDER_OFFSET = 60;

function writeHolder({ stack }: FaultWorld, pid: number): void {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(pid);
  const file = openSync(join(stack.servers.home, "state/state.sqlite.lock"), "r+");
  writeSync(file, bytes, 0, 4, HOLDER_OFFSET);
  closeSync(file);
}

faults("X: a second process on the same directory", {}, [
  {
    id: "X1-X-bff",
    row: "X1",
    fault: "X",
    tier: "quick",
    title: "a second BFF on the same state directory is refused in one line that names the first, whose backup goes on",
    run: async (world) => {
      const { home, bff } = world.stack.servers;
      const job = await backUpUntil(world, 0.2);
      const { pid } = world.stack.servers.bff;
      const second = await tried(BUILT.bff, withConfig(home, "bff", { port: 0 }), home);
      expect(second).toMatchObject({ code: STATE_IN_USE, stdout: "" });
      expect(second.stderr.trimEnd().split("\n")).toEqual([
        `the state database ${home}/state/state.sqlite is in use by another Snapdeck (pid ${pid}); nothing was touched. Stop that one first`,
      ]);
      expect(
        world.stack.servers.bff.pid === pid && bff.pid !== undefined && isAlive(pid),
        "the first still serves",
      ).toBe(true);
      return endedAs(await world.outcome(job), { ends: "succeeded" });
    },
  },
  {
    id: "X1-X-many",
    row: "X1",
    fault: "X",
    tier: "quick",
    title: "of six BFFs that start on one new state directory at the same moment one serves, and five are refused",
    run: async (world) => {
      const { home } = world.stack.servers;
      const stateDir = join(home, "many");
      mkdirSync(stateDir, { mode: 0o700 });
      const config = withConfig(home, "bff", { port: 0, stateDir });
      const all = Array.from({ length: 6 }, () => tried(BUILT.bff, config, home));
      const codes = (await Promise.all(all)).map(({ code }) => code);
      // One that starts when the first was ended already serves too.
      expect(codes.filter((code) => code === 0).length, `${codes}`).toBeGreaterThan(0);
      expect(
        codes.filter((code) => code !== 0 && code !== STATE_IN_USE),
        "other ends",
      ).toEqual([]);
      return `${codes.filter((code) => code === STATE_IN_USE).length} refused`;
    },
  },
  {
    id: "X1-X-host",
    row: "X1",
    fault: "X",
    tier: "full",
    title: "a second host manager on the same directory is refused, and the ranks of the first go on",
    run: async (world) => {
      const { home } = world.stack.servers;
      const job = await backUpUntil(world, 0.2);
      const rank = await world.rankPid();
      const second = await tried(BUILT.host, withConfig(home, "host", { port: 0 }), home);
      expect(second.code).not.toBe(0);
      expect(second.stderr).toMatch(/in use by another host manager \(pid \d+\); nothing was touched/);
      expect(await world.rankPid()).toBe(rank);
      return endedAs(await world.outcome(job), { ends: "succeeded" });
    },
  },
  {
    id: "X2-k-pid-reused",
    row: "X2",
    fault: "k",
    tier: "quick",
    title: "a lock that a killed BFF left, whose process number is somebody else's by now, keeps nobody out",
    run: async (world) => {
      const job = await backUpUntil(world, 0.2);
      await world.killBff();
      writeHolder(world, process.pid);
      await world.bff();
      expect(isAlive(process.pid), "whoever has that number").toBe(true);
      return endedAs(await world.outcome(job), { ends: "succeeded" });
    },
  },
  {
    id: "X2-k-lock-damaged",
    row: "X2",
    fault: "k",
    tier: "full",
    title: "a lock file that a crash cut short keeps nobody out",
    run: async (world) => {
      await world.killBff();
      writeFileSync(join(world.stack.servers.home, "state/state.sqlite.lock"), "");
      await world.bff();
      const { id } = await world.backUp();
      await world.deleteBackup(id);
      return "starts";
    },
  },
  {
    id: "X2-h-innocent",
    row: "X2",
    fault: "h",
    tier: "quick",
    title: "host manager and rank killed, their process numbers somebody else's by now: nobody is waited for or killed",
    run: async (world) => {
      const { home } = world.stack.servers;
      const innocent = spawn("sleep", ["300"], { stdio: "ignore" });
      try {
        const rank = await world.rankPid();
        const host = world.stack.servers.host.pid;
        const rename = (name: string, pid: number) => {
          const file = join(home, "cluster", name);
          const told = readFileSync(file, "utf8");
          expect(told).toContain(`"pid":${pid}`);
          return () => writeFileSync(file, told.replaceAll(`"pid":${pid}`, `"pid":${innocent.pid}`));
        };
        const changes = [rename("processes.json", rank), rename("host.lock", host)];
        await world.killAll();
        for (const change of changes) change();
        const since = performance.now();
        await world.revive();
        expect(performance.now() - since, "milliseconds until the cluster runs").toBeLessThan(20_000);
        expect(innocent.pid !== undefined && isAlive(innocent.pid), "whoever has that number").toBe(true);
        return "starts, and nobody was killed";
      } finally {
        innocent.kill("SIGKILL");
      }
    },
  },
]);
