import { createHash, randomUUID } from "node:crypto";
import { AuditEntry } from "@snapdeck/contract/audit";
import { Backup, Suspect } from "@snapdeck/contract/backup";
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

/** How a backup stands: proven, or found other than its manifest says in so many files. */
export type Standing = { readonly suspectFiles?: number };

export function aBackup(
  clusterId: ClusterId,
  takenAtMs: number,
  ranks: number,
  { suspectFiles = 0 }: Standing = {},
): Backup {
  const provenAt = new Date(Math.min(Date.now() - 4000, takenAtMs + 240_000)).toISOString();
  const listedAt = new Date(takenAtMs + 3000).toISOString();
  const proofs = [
    { level: "L1", provenAt: listedAt },
    ...(takenAtMs % 3 === 0 || suspectFiles > 0 ? [] : [{ level: "L2", provenAt }]),
    ...(takenAtMs % 5 === 0 && suspectFiles === 0 ? [{ level: "L3", provenAt }] : []),
  ];
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
    proof: proofs.at(-1),
    proofs,
    ...(suspectFiles === 0 ? {} : { suspect: aSuspicion(suspectFiles) }),
  });
}

/** What an L2 proof found in so many files. */
export function aSuspicion(files: number): Suspect {
  const faults = Array.from({ length: Math.min(20, files) }, (_, index) => {
    const file = `data/rank-${index % 3}/shop/orders/all_${index + 1}_${index + 1}_0/${index % 2 === 0 ? "amount.bin" : "customer.cmrk2"}`;
    if (index % 4 === 3) return { subject: file, fault: "missing", detail: "it is not there" };
    if (index % 4 === 2) return { subject: file, fault: "size", detail: "it has 4,096 bytes, not 71,202" };
    return {
      subject: file,
      fault: "bytes",
      detail: `its checksum is ${sha(file).slice(0, 8)}…, not ${sha(`${file}!`).slice(0, 8)}…`,
    };
  });
  return Suspect.parse({
    level: "L2",
    foundAt: new Date(Date.now() - 1_080_000).toISOString(),
    faults,
    faultsTotal: files,
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
