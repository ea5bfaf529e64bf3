import { createHash, randomUUID } from "node:crypto";
import { AuditEntry } from "@snapdeck/contract/audit";
import { Backup } from "@snapdeck/contract/backup";
import { Inventory } from "@snapdeck/contract/cluster";
import type { Role } from "@snapdeck/contract/role";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { User } from "@snapdeck/contract/session";

const DAY_MS = 24 * 3_600_000;

export function aUser(username: string, role: Role): User {
  return User.parse({
    id: randomUUID(),
    username,
    role,
    createdAt: new Date(Date.now() - 40 * DAY_MS).toISOString(),
    ...(username === "vera" ? {} : { lastSignInAt: new Date(Date.now() - 3_600_000).toISOString() }),
  });
}

export function aBackup(clusterId: ClusterId, takenAtMs: number, ranks: number): Backup {
  const tookMs = 2600 + (takenAtMs % 1700);
  const takenAt = new Date(takenAtMs).toISOString();
  return Backup.parse({
    id: `${takenAt.slice(0, 19).replace(/[-:]/g, "").replace("T", "-").toLowerCase()}-${sha(takenAt).slice(0, 6)}`,
    clusterId,
    takenAt,
    completedAt: new Date(takenAtMs + tookMs).toISOString(),
    tookMs,
    sizeBytes: 2_216_000_000 + (takenAtMs % 97_000_000),
    files: 1312,
    databases: 2,
    tables: 9,
    rows: 2_114_330,
    ranks,
    engineVersion: "26.7.1",
    requestedBy: "ana",
    manifestSha256: sha(takenAt),
    proof: {
      level: takenAtMs % 3 === 0 ? "L1" : "L2",
      provenAt: new Date(Math.min(Date.now() - 4000, takenAtMs + 240_000)).toISOString(),
    },
  });
}

export function NOTHING_IN_IT(): Inventory {
  return Inventory.parse({ observedAt: new Date().toISOString(), live: true, databases: [], rows: 0, sizeBytes: 0 });
}

export function exampleInventory(): Inventory {
  const shop = [
    ["customers", "MergeTree", 120_000, 9_100_000],
    ["orders", "MergeTree", 640_000, 48_300_000],
    ["order_lines", "MergeTree", 1_200_000, 71_800_000],
    ["products", "ReplacingMergeTree", 4200, 412_000],
    ["revenue_by_day", "View", undefined, 0],
  ] as const;
  const telemetry = [
    ["readings", "MergeTree", 150_000, 3_900_000],
    ["devices", "Log", 130, 9400],
  ] as const;
  const databases = [
    { name: "shop", tables: shop },
    { name: "telemetry", tables: telemetry },
  ].map(({ name, tables }) => ({
    name,
    tables: tables.map(([table, engine, rows, sizeBytes]) => ({ name: table, engine, rows, sizeBytes })),
    rows: tables.reduce((sum, [, , rows]) => sum + (rows ?? 0), 0),
    sizeBytes: tables.reduce((sum, [, , , sizeBytes]) => sum + sizeBytes, 0),
  }));
  return Inventory.parse({
    observedAt: new Date().toISOString(),
    live: true,
    databases,
    rows: databases.reduce((sum, { rows }) => sum + rows, 0),
    sizeBytes: databases.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  });
}

const ACTS = [
  ["backup.start", "production", "ana", "job started"],
  ["session.sign-in", "ana", "ana", "ok"],
  ["backup.delete", "20261119-081500-a1b2c3", "ana", "job started"],
  ["cluster.suspend", "production", "olaf", "job started"],
  ["backup.start", "production", "vera", "refused: role-needed"],
  ["session.sign-in", "mallory", "anonymous", "refused: wrong-credentials"],
] as const;

export function someEntries(count: number): AuditEntry[] {
  let previousHash = sha("");
  return Array.from({ length: count }, (_, index) => {
    const [act, target, actor, result] = ACTS[index % ACTS.length] ?? ACTS[0];
    const at = new Date(Date.now() - (count - index) * 1_900_000).toISOString();
    const hash = sha(`${previousHash}${at}`);
    const entry = AuditEntry.parse({
      seq: index + 1,
      at,
      actor,
      origin: "127.0.0.1",
      act,
      target,
      result,
      requestId: randomUUID(),
      previousHash,
      hash,
    });
    previousHash = hash;
    return entry;
  });
}

export function sha(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
