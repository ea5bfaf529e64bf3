import { randomUUID } from "node:crypto";
import type { Role } from "@snapdeck/contract/role";
import type { Body, Params, Query, Reply, RouteName } from "@snapdeck/contract/routes";
import { PlanId } from "@snapdeck/contract/scalars";
import type { User } from "@snapdeck/contract/session";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { runFakeSql } from "./run-sql.ts";
import { aUser, sha } from "./seed.ts";
import { newBackupId, startJob } from "./work.ts";
import { underWay, type World } from "./world.ts";

type Input<R extends RouteName> = { params: Params<R>; query: Query<R>; body: Body<R>; user: User | undefined };
type Handlers = {
  [R in Exclude<RouteName, "getSession" | "signIn" | "setUp" | "signOut" | "confirmPassword">]: (
    input: Input<R>,
  ) => Reply<R> | Promise<Reply<R>>;
};

/** Every route but those of the session, answered from the world. */
export function handlersOf(world: World): Handlers {
  const found = (jobId: string) => {
    const job = world.jobs.find(({ id }) => id === jobId);
    if (job === undefined) throw new SnapdeckError("job-not-found", `no job ${jobId}`);
    return job;
  };
  const backup = (backupId: string) => {
    const one = world.backups.find(({ id }) => id === backupId);
    if (one === undefined) throw new SnapdeckError("backup-not-found", `no backup ${backupId}`);
    return one;
  };
  const role = (user: User | undefined): Role => user?.role ?? "viewer";
  const by = (user: User | undefined) => user?.username ?? "nobody";
  return {
    listClusters: ({ user }) => ({ items: [world.view(role(user))] }),
    getCluster: ({ user, params }) => {
      if (params.clusterId !== world.clusterId) {
        throw new SnapdeckError("cluster-not-found", `no cluster ${params.clusterId} is under Snapdeck's care`);
      }
      return world.view(role(user));
    },
    getInventory: () => ({
      ...world.inventory,
      observedAt: world.inventory.live ? new Date().toISOString() : world.inventory.observedAt,
    }),
    checksumTable: async ({ body }) => {
      const table = world.inventory.databases
        .find(({ name }) => name === body.database)
        ?.tables.find(({ name }) => name === body.table);
      if (table === undefined) throw new SnapdeckError("table-not-found", `no table ${body.database}.${body.table}`);
      const tookMs = 120 + (table.rows ?? 0) / 1500;
      await new Promise((resolve) => setTimeout(resolve, tookMs));
      return {
        ...body,
        rows: table.rows ?? 0,
        checksum: sha(`${body.database}.${body.table}`).slice(0, 32),
        tookMs,
        observedAt: new Date().toISOString(),
      };
    },
    runSql: ({ body, user }) => runFakeSql(world, body.sql, user),
    suspendCluster: ({ user }) => startJob(world, { kind: "suspend" }, by(user)),
    resumeCluster: ({ user }) => startJob(world, { kind: "resume" }, by(user), world.failing.has("resume")),
    loadExampleData: ({ user }) => startJob(world, { kind: "load-example-data" }, by(user)),
    listActivity: () => world.activity(),
    listJobs: ({ query }) => {
      const all = world.jobs.toReversed();
      const from = Number(query.cursor ?? 0);
      const next = from + query.limit;
      return { items: all.slice(from, next), next: next < all.length ? String(next) : null };
    },
    getJob: ({ params }) => found(params.jobId),
    cancelJob: ({ params, user }) => {
      const job = found(params.jobId);
      if (job.state.name === "running") {
        const cancel = { cancelRequestedAt: new Date().toISOString(), cancelRequestedBy: by(user) };
        return world.change({ ...job, state: { ...job.state, ...cancel, name: "canceling" } });
      }
      return world.change({ ...job, dismissedAt: new Date().toISOString() });
    },
    listBackups: ({ query }) => {
      const asked = query.search ?? "";
      const all = world.backups
        .filter(({ id, requestedBy, takenAt }) => `${id} ${requestedBy} ${takenAt}`.includes(asked))
        .toSorted((a, b) =>
          query.sort === "newest"
            ? b.takenAt.localeCompare(a.takenAt)
            : query.sort === "oldest"
              ? a.takenAt.localeCompare(b.takenAt)
              : query.sort === "largest"
                ? b.sizeBytes - a.sizeBytes
                : a.sizeBytes - b.sizeBytes,
        );
      const from = Number(query.cursor ?? 0);
      const next = from + query.limit;
      return {
        items: all.slice(from, next),
        next: next < all.length ? String(next) : null,
        total: all.length,
        seq: world.seq,
      };
    },
    getBackup: ({ params }) => backup(params.backupId),
    startBackup: ({ user }) => {
      if (world.jobs.some((job) => job.work.kind === "backup" && underWay(job)))
        throw new SnapdeckError("cluster-busy", "a job holds the cluster");
      return startJob(world, { kind: "backup", backupId: newBackupId() }, by(user));
    },
    deleteBackup: ({ params, user }) => startJob(world, { kind: "delete-backup", backupId: params.backupId }, by(user)),
    planRestore: ({ params }) => {
      const chosen = backup(params.backupId);
      const id = PlanId.parse(randomUUID());
      world.plans.set(id, chosen.id);
      return {
        id,
        backup: chosen,
        clusterName: "production",
        madeAt: new Date().toISOString(),
        expiresAt: new Date(Date.now() + 600_000).toISOString(),
        tables: world.inventory.databases.flatMap(({ name, tables }) =>
          tables.map((table) => ({
            database: name,
            table: table.name,
            effect: "replaced" as const,
            ...(table.rows === undefined ? {} : { rowsNow: table.rows + 1200, rowsThen: table.rows }),
          })),
        ),
        rowsNowObservedAt: new Date(Date.now() - 30_000).toISOString(),
        rowsNow: world.inventory.rows + 6000,
        rowsThen: world.inventory.rows,
        space: { neededBytes: 2_400_000_000, freeBytes: 412_300_000_000, enough: true },
        expectedMs: 5200,
        warnings: [],
      };
    },
    verifyBackup: ({ params, body, user }) => {
      const { id } = backup(params.backupId);
      return startJob(
        world,
        { kind: "verify-backup", backupId: id, level: body.level },
        by(user),
        world.failing.has("verify-backup"),
      );
    },
    undoRestore: ({ params, body, user }) => {
      if (body.clusterName !== "production") throw new SnapdeckError("name-mismatch", "the typed name is another one");
      if (world.previousData?.restoreId !== params.restoreId) {
        throw new SnapdeckError("no-previous-data", "the data of before that restore was let go; nothing was changed");
      }
      return startJob(world, { kind: "undo-restore", restoreId: params.restoreId }, by(user));
    },
    keepRestored: ({ params, user }) =>
      startJob(world, { kind: "keep-restored", restoreId: params.restoreId }, by(user)),
    checkStore: ({ body, user }) =>
      startJob(world, { kind: "check-store", bytes: body.bytes }, by(user), world.failing.has("check-store")),
    startRestore: ({ body, user }) => {
      if (world.state !== "suspended") {
        throw new SnapdeckError("cluster-not-suspended", "production is running; nothing was changed");
      }
      if (body.clusterName !== "production") throw new SnapdeckError("name-mismatch", "the typed name is another one");
      const planned = world.plans.get(body.planId);
      if (planned === undefined) throw new SnapdeckError("plan-stale", "no such plan");
      const chosen = backup(planned);
      if (chosen.suspect !== undefined && body.suspectReason === undefined) {
        throw new SnapdeckError("backup-suspect", "a later proof found files that differ; nothing was restored");
      }
      const { suspectReason } = body;
      return startJob(
        world,
        { kind: "restore", backupId: chosen.id, ...(suspectReason === undefined ? {} : { suspectReason }) },
        by(user),
      );
    },
    listUsers: () => ({ items: world.users.toSorted((a, b) => a.username.localeCompare(b.username)) }),
    createUser: ({ body }) => {
      if (world.users.some(({ username }) => username === body.username)) {
        throw new SnapdeckError("user-exists", `a user ${body.username} exists; nobody was added`);
      }
      const user = aUser(body.username, body.role);
      world.users.push(user);
      return user;
    },
    changeUser: ({ params, body }) => {
      const at = world.users.findIndex(({ id }) => id === params.userId);
      const user = world.users[at];
      if (user === undefined) throw new SnapdeckError("user-not-found", "no such user");
      const admins = world.users.filter((one) => one.role === "admin");
      if (user.role === "admin" && body.role !== undefined && body.role !== "admin" && admins.length === 1) {
        throw new SnapdeckError("last-admin", `${user.username} is the only admin; nothing was changed`, {
          hint: "Make another user admin first.",
        });
      }
      const changed = { ...user, role: body.role ?? user.role };
      world.users[at] = changed;
      return changed;
    },
    deleteUser: ({ params }) => {
      const at = world.users.findIndex(({ id }) => id === params.userId);
      const user = world.users[at];
      if (user === undefined) throw new SnapdeckError("user-not-found", "no such user");
      if (user.role === "admin" && world.users.filter((one) => one.role === "admin").length === 1) {
        throw new SnapdeckError("last-admin", `${user.username} is the only admin; nobody was removed`, {
          hint: "Make another user admin first.",
        });
      }
      world.users.splice(at, 1);
      return undefined;
    },
    listAudit: ({ query }) => {
      const all = world.audit.toReversed().filter(({ seq }) => query.before === undefined || seq < query.before);
      const items = all.slice(0, query.limit);
      return { items, next: all.length > items.length ? (items.at(-1)?.seq ?? null) : null };
    },
  };
}
