import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { CLUSTER_ID } from "../harness/api.ts";
import { type FaultCase, faults } from "./cases.ts";
import { damage, type FileClass, type Harm } from "./damage.ts";
import { endedAs } from "./expect-end.ts";
import { OldAndNew } from "./old-and-new.ts";
import type { FaultWorld } from "./world.ts";

const data = new OldAndNew();

const folderOf = ({ stack }: FaultWorld) => join(stack.servers.storeRoot, CLUSTER_ID, data.backup.id);

/** Harms that the store suffers between the request, which looked at it, and the restore. */
const LATE: readonly [FileClass, Harm, FaultCase["tier"]][] = [
  ["rows", "flip", "quick"],
  ["rows", "truncate", "full"],
  ["rows", "delete", "full"],
  ["marks", "flip", "full"],
  ["engine list", "flip", "full"],
  ["engine list", "truncate", "full"],
  ["definition", "flip", "full"],
  ["definition", "delete", "full"],
  ["manifest", "flip", "full"],
  ["signature", "flip", "full"],
];

/** Harms that come when it was looked at and RESTORE is about to be sent. */
const TOO_LATE: readonly [FileClass, Harm, FaultCase["tier"]][] = [
  ["rows", "flip", "quick"],
  ["rows", "truncate", "full"],
  ["marks", "flip", "full"],
  ["definition", "flip", "quick"],
  ["definition", "truncate", "full"],
  ["engine list", "flip", "full"],
];

const REFUSED = {
  ends: "failed",
  code: ["backup-suspect", "backup-unusable", "backup-not-found", "engine-failed", "restore-differs"],
} as const;

const harmedAt =
  (failpoint: string, moment: string) =>
  ([fileClass, harm, tier]: readonly [FileClass, Harm, FaultCase["tier"]]): FaultCase => ({
    id: `R4-${fileClass.replace(" ", "-")}-${harm}-${failpoint}`,
    row: "R4",
    fault: harm === "truncate" || harm === "delete" ? "T" : "C",
    tier,
    title: `${fileClass}, ${harm}, ${moment}: nothing is swapped in, and the backup says what is wrong with it`,
    run: async (world, chance) => {
      await world.bff({ failpoints: `${failpoint}=hold` });
      const job = await data.restore(world);
      await world.reached(failpoint);
      const done = damage(folderOf(world), fileClass, harm, chance, folderOf(world));
      try {
        world.letGo();
        const outcome = endedAs(await world.outcome(job), REFUSED);
        if (fileClass === "manifest" || fileClass === "signature") return `${done.path}: ${outcome}`;
        const { suspect } = await (await world.admin()).get("getBackup", { params: { backupId: data.backup.id } });
        // Each byte is read once: what changes after that is met by whoever compares.
        if (suspect === undefined && failpoint === "restore.beforeStatement") return `${done.path}: ${outcome}`;
        const named = suspect?.faults.map(({ subject }) => subject) ?? [];
        expect(named, "the files that make it suspect").toContainEqual(expect.stringContaining(done.path));
        return `${done.path}: ${outcome}, suspect`;
      } finally {
        done.repair();
        await isGoodAgain(world);
      }
    },
  });

/** What was mended is proven again, and then nothing speaks against it any more. */
async function isGoodAgain(world: FaultWorld): Promise<void> {
  await world.bff();
  const { state } = await world.outcome(await world.startVerify(data.backup.id));
  expect(state.name, JSON.stringify(state)).toBe("succeeded");
}

/**
 * RESTORE looks files up by size and checksum: of several with the same contents it reads one, and what becomes of the others costs no
 * row. That a restore which succeeds gives the very data of the backup is what `judged` sees to.
 */
const ROWS_LOST = { ends: ["failed", "succeeded"], code: ["restore-differs", "engine-failed"] } as const;

const THEN: Readonly<Record<string, string>> = {
  failed: "nothing is swapped in",
  succeeded: "holds what it held",
  "failed or succeeded": "either nothing is swapped in or all that it held",
};

/** A suspect backup that an admin restores all the same: what is executed and what is read decide then. */
const accepted = (
  fileClass: FileClass,
  harm: Harm,
  end: Parameters<typeof endedAs>[1],
  tier: FaultCase["tier"],
): FaultCase => ({
  id: `R4-accepted-${fileClass.replace(" ", "-")}-${harm}`,
  row: "R4",
  fault: harm === "delete" ? "T" : "C",
  tier,
  title: `a suspect backup (${fileClass}, ${harm}) is restored with a reason only, and then ${THEN[[end.ends].flat().join(" or ")]}`,
  run: async (world, chance) => {
    const done = damage(folderOf(world), fileClass, harm, chance, folderOf(world));
    try {
      endedAs(await world.outcome(await world.startVerify(data.backup.id)), { ends: "failed", code: "proof-failed" });
      const { problem } = await world.askRestore(data.backup.id);
      expect(problem?.code, "a restore without a reason").toBe("backup-suspect");
      const reason = { suspectReason: "nothing newer is left of this table" };
      const job = await world.start("restore", (admin) => data.ask(admin, reason));
      return `${done.path}: ${endedAs(await world.outcome(job), end)}`;
    } finally {
      done.repair();
      await isGoodAgain(world);
    }
  },
});

const manifestOf = (world: FaultWorld) => join(folderOf(world), "manifest.json");

/** A manifest that says something else; nobody here can sign it. `says`: how the refusal tells which it is. */
const foreign = (
  id: string,
  title: string,
  tier: FaultCase["tier"],
  says: RegExp,
  change: (manifest: Record<string, unknown>) => Record<string, unknown>,
): FaultCase => ({
  id: `R10-${id}`,
  row: "R10",
  fault: "C",
  tier,
  title: `${title}: no restore, and the text says which`,
  run: async (world) => {
    const file = manifestOf(world);
    const kept = readFileSync(file);
    writeFileSync(file, JSON.stringify(change(JSON.parse(kept.toString("utf8")))));
    try {
      return await isRefused(world, says);
    } finally {
      writeFileSync(file, kept);
      await isGoodAgain(world);
    }
  },
});

/** At the request where it is looked at there, else by the job. */
async function isRefused(world: FaultWorld, says: RegExp): Promise<string> {
  const { reply, problem } = await world.askRestore(data.backup.id);
  if (problem !== undefined) {
    expect(problem.code).toBe("backup-unusable");
    expect(problem.detail).toMatch(says);
    return `refused: ${problem.detail}`;
  }
  if (!("state" in reply)) throw new Error("a plan is no restore");
  const job = await world.ended(reply.id);
  endedAs(job, { ends: "failed", code: "backup-unusable" });
  const detail = "problem" in job.state ? job.state.problem.detail : "";
  expect(detail).toMatch(says);
  return `failed: ${detail}`;
}

const FOREIGN: FaultCase[] = [
  foreign("cluster", "a manifest of another cluster", "full", /is that of elsewhere\//, (manifest) => ({
    ...manifest,
    clusterId: "elsewhere",
  })),
  foreign("backup", "a manifest of another backup", "full", /is that of local\//, (manifest) => ({
    ...manifest,
    backupId: "20200101-000000-000000000000",
  })),
  foreign(
    "unsigned",
    "a manifest without a signature",
    "quick",
    /is not signed/,
    ({ signature: _, ...manifest }) => manifest,
  ),
  foreign(
    "signature",
    "a manifest with the signature of something else",
    "full",
    /not signed by this console|changed since/,
    (manifest) => ({
      ...manifest,
      signature: String(manifest["signature"]).split("").reverse().join(""),
    }),
  ),
  foreign(
    "changed",
    "a signed manifest that was changed",
    "full",
    /not signed by this console|changed since/,
    (manifest) => ({
      ...manifest,
      requestedBy: "somebody else",
    }),
  ),
  foreign("older", "a manifest of an older format", "full", /format "snapdeck-system-backup\/0"/, (manifest) => ({
    ...manifest,
    format: "snapdeck-system-backup/0",
  })),
  foreign(
    "newer",
    "a manifest of a format that is not known yet",
    "full",
    /format "snapdeck-system-backup\/2"/,
    (manifest) => ({
      ...manifest,
      format: "snapdeck-system-backup/2",
    }),
  ),
  foreign("nothing", "a manifest that is none", "full", /cannot be read/, () => ({})),
  {
    id: "R10-key",
    row: "R10",
    fault: "C",
    tier: "quick",
    title: "a backup that another key signed: no restore, and the text says so",
    run: async (world) => {
      const { home } = world.stack.servers;
      const [keys, away] = [join(home, "keys"), join(home, "keys-away")];
      await world.killBff();
      renameSync(keys, away);
      try {
        await world.bff();
        return await isRefused(world, /not signed by this console/);
      } finally {
        await world.killBff();
        rmSync(keys, { recursive: true });
        renameSync(away, keys);
        await isGoodAgain(world);
      }
    },
  },
  {
    id: "R10-copied",
    row: "R10",
    fault: "C",
    tier: "full",
    title: "a copy of a backup under another name is no backup",
    run: async (world) => {
      const other = join(folderOf(world), "../20200101-000000-000000000000");
      cpSync(folderOf(world), other, { recursive: true });
      try {
        await world.bff();
        const listed = (await world.backups()).map(({ id }) => id);
        expect(listed).toEqual([data.backup.id]);
        return "not listed";
      } finally {
        rmSync(other, { recursive: true });
        await world.bff();
      }
    },
  },
];

faults(
  "R4 and R10: a backup that is not what was signed",
  { ready: data.ready },
  [
    ...LATE.map(harmedAt("job.afterClaim", "when it was asked for and nothing was read yet")),
    ...TOO_LATE.map(harmedAt("restore.beforeStatement", "when it was looked at and nothing was restored yet")),
    accepted("rows", "flip", ROWS_LOST, "quick"),
    accepted("rows", "delete", ROWS_LOST, "full"),
    accepted("definition", "flip", { ends: "failed", code: "backup-unusable" }, "full"),
    accepted("rows", "extra", { ends: "succeeded" }, "full"),
    ...FOREIGN,
  ].map(data.judged),
);
