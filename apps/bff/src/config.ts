import { relative } from "node:path";
import { ClusterId } from "@snapdeck/contract/scalars";
import { z } from "zod";
import { LOG_LEVELS } from "./log.ts";
import { isDatabaseUrl } from "./state/database-url.ts";

const LOOPBACK_HOSTS = ["127.0.0.1", "::1", "localhost"];

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text);

const Directory = z.string().min(1);

/** Neither is the other, or in it. */
function areApart(one: string, other: string): boolean {
  const isIn = (path: string, directory: string) => !/^\.\.(?:\/|$)/.test(relative(directory, path));
  return !isIn(one, other) && !isIn(other, one);
}

export const LimitsConfig = z.strictObject({
  signInsPerMinute: z
    .int()
    .min(1)
    .default(5)
    .describe("Attempts to sign in with one name from one address, per minute; default 5"),
  signInsPerMinuteOfAddress: z
    .int()
    .min(1)
    .default(30)
    .describe("Attempts to sign in or set up from one address, whatever the name, per minute; default 30"),
  changesPerMinute: z
    .int()
    .min(1)
    .default(30)
    .describe("Requests that change something, per user and minute; default 30"),
  readsPerSecond: z
    .int()
    .min(1)
    .default(20)
    .describe("Requests that read, per user, averaged over 10 seconds; default 20"),
  socketsPerUser: z.int().min(1).default(10).describe("Live connections open at the same time, per user; default 10"),
});
export type LimitsConfig = z.infer<typeof LimitsConfig>;

export const ClusterConfig = z.strictObject({
  id: ClusterId.describe("Names the cluster in addresses and on the store; never changes"),
  name: z.string().min(1).max(63).describe("What people call the cluster, and type before a restore"),
  hostUrl: z.url({ protocol: /^https?$/ }).describe("Where the cluster's host manager answers"),
  hostTokenFile: z.string().min(1).describe("The file that holds the host manager's token"),
  loadExampleData: z
    .boolean()
    .default(false)
    .describe("Fill the cluster with example data once it runs, if it is empty; default false"),
  backupBandwidthBytesPerSecond: z
    .int()
    .min(1_000)
    .optional()
    .describe("Slows backups down to so many bytes per second, for each rank; absent: as fast as the disk"),
  verifyAfterBackup: z
    .boolean()
    .default(true)
    .describe("Read every byte of each new backup back by itself (L2), right after it; default true"),
  keepPreviousDataHours: z
    .number()
    .nonnegative()
    .default(72)
    .describe(
      "Remove what a restore put aside after so many hours, from a cluster that was seen to run for one; 0 leaves that to people; default 72",
    ),
  storeRoot: Directory.describe("The directory that keeps System Backups; the ranks write there too"),
  databaseBackupRoots: z
    .array(z.string().startsWith("/", "an absolute path"))
    .max(64)
    .default([])
    .describe(
      "Directories below which data sinks may keep database backups (LOCATION = 'FILE:///...'); the ranks must be allowed to write there; default: none",
    ),
  s3Endpoints: z
    .array(z.string().refine(isOrigin, "an origin such as https://s3.example.com:9000, without a path"))
    .max(64)
    .default([])
    .describe(
      "Origins of S3 servers that data sinks may name although they are in a private network or speak no TLS; default: none",
    ),
});
export type ClusterConfig = z.infer<typeof ClusterConfig>;

/** How the BFF starts: one JSON document on its standard input or in the file named by `--config`. */
export const Config = z
  .strictObject({
    listenHost: z
      .string()
      .min(1)
      .default("127.0.0.1")
      .describe("The address to listen on; default 127.0.0.1: this machine only"),
    port: z.int().min(0).max(65_535).describe("The TCP port; 0 takes a free one, which the ready line tells"),
    publicOrigin: z
      .string()
      .refine(isOrigin, "an origin such as https://snapdeck.example, without a path")
      .optional()
      .describe(
        "The only origin browsers use, where a proxy stands in front; default: http on listenHost or localhost",
      ),
    stateDir: Directory.describe(
      "Holds the BFF's own state (users, jobs, audit) unless databaseUrl names another place; made with mode 0700",
    ),
    databaseUrl: z
      .string()
      .refine(isDatabaseUrl, "(or DATABASE_URL) is not like postgres://user:password@host:5432/database")
      .optional()
      .describe(
        "A PostgreSQL database for the BFF's own state, which several BFFs may share; default: DATABASE_URL of the environment, or a file in stateDir",
      ),
    keysDir: Directory.describe("Holds the key that seals secrets, away from state and store; made with mode 0700"),
    staticDir: Directory.optional().describe("The built workbench; absent: only the API is served"),
    cluster: ClusterConfig,
    sessionIdleMinutes: z
      .number()
      .positive()
      .default(60)
      .describe("A session unused for so many minutes ends; default 60"),
    sessionMaxHours: z
      .number()
      .positive()
      .default(12)
      .describe("A session ends after so many hours; default 12: one shift"),
    freshSignInMinutes: z
      .number()
      .positive()
      .default(10)
      .describe("Restore, delete and changes of users ask for the password again after so many minutes; default 10"),
    trustProxy: z
      .boolean()
      .default(false)
      .describe(
        "Take the caller's address from the last X-Forwarded-For entry; only behind a proxy that sets it; default false",
      ),
    limits: LimitsConfig.prefault({}).describe("How much one caller may ask for"),
    logLevel: z.enum(LOG_LEVELS).default("info").describe("The least level that is logged; default info"),
  })
  .refine((config) => config.publicOrigin !== undefined || LOOPBACK_HOSTS.includes(config.listenHost), {
    path: ["publicOrigin"],
    message: "is needed when listenHost is not this machine alone: the origin that browsers will use",
  })
  .refine(
    ({ cluster: { databaseBackupRoots: roots, storeRoot }, stateDir, keysDir }) =>
      roots.every((root) => [storeRoot, stateDir, keysDir].every((other) => areApart(root, other))),
    {
      path: ["cluster", "databaseBackupRoots"],
      message: "may not hold storeRoot, stateDir or keysDir, nor lie in one of them",
    },
  );
export type Config = z.infer<typeof Config>;
