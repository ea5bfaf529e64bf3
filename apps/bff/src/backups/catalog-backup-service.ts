import type { Backup, RestorePlan, Suspect } from "@snapdeck/contract/backup";
import type { Job, JobWork } from "@snapdeck/contract/job";
import type { Query, Reply } from "@snapdeck/contract/routes";
import type { BackupId, ClusterId, JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { suspectWords } from "@snapdeck/core/backups/suspect-words";
import type { Clock } from "@snapdeck/core/clock";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import type { AuditedAct } from "../audit/audited-act.ts";
import type { ClusterRegistry } from "../clusters/cluster-registry.ts";
import { mustHavePutAside } from "../clusters/previous-data.ts";
import type { Gatekeeper } from "../jobs/gatekeeper.ts";
import type { JobStarter } from "../jobs/job-starter.ts";
import type { Actor, BackupService, RestoreOrder } from "../services.ts";
import type { BackupCatalog } from "./backup-catalog.ts";
import { mustHaveRoomForBackup, mustHaveRoomForRestore } from "./backup-space.ts";
import { newBackupId } from "./new-backup-id.ts";
import { noSuchBackup } from "./no-such-backup.ts";
import type { RestorePlanner } from "./restore-planner.ts";
import type { StoreReader } from "./store-reader.ts";

export type BackupServiceParts = {
  readonly registry: ClusterRegistry;
  readonly store: JobStore;
  readonly catalog: BackupCatalog;
  readonly reader: StoreReader;
  readonly planner: RestorePlanner;
  readonly gatekeeper: Gatekeeper;
  readonly starter: JobStarter;
  readonly audited: AuditedAct;
  /** The job under way that uses each backup. */
  readonly usersOfBackups: (clusterId: ClusterId) => Promise<Map<BackupId, Job["id"]>>;
  readonly clock: Clock;
  readonly newId: () => string;
};

export class CatalogBackupService implements BackupService {
  readonly #parts: BackupServiceParts;

  constructor(parts: BackupServiceParts) {
    this.#parts = parts;
  }

  async page(clusterId: ClusterId, query: Query<"listBackups">): Promise<Reply<"listBackups">> {
    const { registry, store, catalog, usersOfBackups } = this.#parts;
    registry.get(clusterId);
    // Read first: a change that comes between is told again, not lost.
    const seq = await store.newestSeq(clusterId);
    const { items, next, total } = await catalog.page(clusterId, query);
    const users = await usersOfBackups(clusterId);
    return { items: items.map((backup) => inUse(backup, users)), next, total, seq };
  }

  async get(clusterId: ClusterId, backupId: BackupId): Promise<Backup> {
    const { registry, catalog, usersOfBackups } = this.#parts;
    registry.get(clusterId);
    const backup = await catalog.get(clusterId, backupId);
    if (backup === undefined) throw noSuchBackup(clusterId, backupId);
    return inUse(backup, await usersOfBackups(clusterId));
  }

  async start(clusterId: ClusterId, actor: Actor, idempotencyKey?: string): Promise<Job> {
    const { registry, catalog, reader, starter, gatekeeper, clock, newId } = this.#parts;
    const { cluster } = registry.get(clusterId);
    const work = { kind: "backup", backupId: newBackupId(clock(), newId) } as const;
    return starter.start({ clusterId, work, actor, idempotencyKey }, async () => {
      await gatekeeper.mustAllow(clusterId, "backUp", actor.role);
      // Else it would fill the disk that the store is mounted over.
      if ((await catalog.longestUnread(clusterId, 1)).length > 0) await reader.mustBeMounted(cluster);
      mustHaveRoomForBackup(await reader.estimate(cluster));
      return undefined;
    });
  }

  async planRestore(clusterId: ClusterId, backupId: BackupId, actor: Actor): Promise<RestorePlan> {
    const target = this.#parts.registry.get(clusterId);
    return this.#parts.audited.refusals(actor, "restore.plan", `cluster ${clusterId} backup ${backupId}`, async () => {
      const plan = await this.#parts.planner.make(target, backupId);
      const users = await this.#parts.usersOfBackups(clusterId);
      return { ...plan, backup: inUse(plan.backup, users) };
    });
  }

  async startRestore(clusterId: ClusterId, order: RestoreOrder, actor: Actor, idempotencyKey?: string): Promise<Job> {
    const { registry, planner, reader, gatekeeper, starter, audited } = this.#parts;
    const { planId } = order;
    const target = registry.get(clusterId);
    const { cluster } = target;
    const made = await audited.refusals(actor, "restore.start", `cluster ${clusterId} plan ${planId}`, () =>
      planner.made(clusterId, planId),
    );
    const work: RestoreWork = { kind: "restore", backupId: made.plan.backup.id };
    return starter.start({ clusterId, work, actor, idempotencyKey, planId }, async () => {
      const { state } = await gatekeeper.mustAllow(clusterId, "restore", actor.role);
      if (order.clusterName !== cluster.name) throw nameMismatch(order.clusterName, cluster.name);
      const backup = await planner.mustStillFit(target, made, state);
      mustHaveRoomForRestore(await reader.restoreSpace(cluster, work.backupId));
      // A reason for a backup that nothing speaks against would read, later, as if something had.
      if (backup.suspect === undefined) return work;
      if (order.suspectReason === undefined) throw isSuspect(backup.id, backup.suspect);
      return { ...work, suspectReason: order.suspectReason };
    });
  }

  async undoRestore(
    clusterId: ClusterId,
    { restoreId, clusterName }: { restoreId: JobId; clusterName: string },
    actor: Actor,
    idempotencyKey?: string,
  ): Promise<Job> {
    const { registry, gatekeeper, starter } = this.#parts;
    const { cluster } = registry.get(clusterId);
    const work = { kind: "undo-restore", restoreId } as const;
    return starter.start<JobWork>({ clusterId, work, actor, idempotencyKey }, async () => {
      mustHavePutAside(await gatekeeper.mustAllow(clusterId, "undoRestore", actor.role), restoreId);
      if (clusterName !== cluster.name) throw nameMismatch(clusterName, cluster.name);
      return undefined;
    });
  }
}

type RestoreWork = Extract<JobWork, { kind: "restore" }>;

function isSuspect(backupId: BackupId, suspect: Suspect): SnapdeckError {
  return new SnapdeckError(
    "backup-suspect",
    `a later proof of backup ${backupId} failed: ${suspectWords(suspect)}; nothing was changed`,
    { hint: "Restore another backup, or say why this one is to be restored all the same." },
  );
}

function inUse(backup: Backup, users: ReadonlyMap<BackupId, Job["id"]>): Backup {
  const user = users.get(backup.id);
  return user === undefined ? backup : { ...backup, inUseBy: user };
}

function nameMismatch(typed: string, name: string): SnapdeckError {
  return new SnapdeckError(
    "name-mismatch",
    `"${typed}" was typed and the cluster is called "${name}"; nothing was changed`,
    {
      hint: "Type the cluster's name as it is shown.",
    },
  );
}
