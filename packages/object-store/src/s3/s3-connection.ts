import type { EngineLocation } from "@snapdeck/core/ports/database-backup-store";
import { type CheckedConnection, testConnection } from "./connection-test.ts";
import { type AllowedEndpoints, judgeEndpoint } from "./endpoint-policy.ts";
import { engineLocation } from "./engine-location.ts";
import { type Resolve, resolveEndpoint } from "./guarded-lookup.ts";
import { type S3LocationOptions, s3StoreOptions } from "./s3-location.ts";
import { S3Store } from "./s3-store.ts";
import type { S3Credentials, S3StoreOptions } from "./s3-store-options.ts";

/** Where a data sink or a data source on S3 leads. Holds secrets: never logged, never part of a message. */
export type S3Description = {
  /** `S3` or `S3://host[:port]`. */
  readonly location: string;
  readonly options: S3LocationOptions;
  readonly credentials: S3Credentials | undefined;
};

/** What this server's configuration says of S3. */
export type S3Server = {
  readonly allowedEndpoints: AllowedEndpoints;
  /** How names are resolved; the system's way by default. */
  readonly resolve?: Resolve;
};

/** One place on S3, as we reach it and as the engine does. Whoever opened it closes the store. */
export type S3Connection = { readonly store: S3Store; readonly engine: EngineLocation };

/**
 * Judges a description by itself and by the configuration; asks nothing of the network.
 * @throws {SnapdeckError} `bad-request` when it makes no sense, `not-supported` when this server or the engine cannot do it
 */
export function judgeS3(description: S3Description, use: "sink" | "source", server: S3Server): void {
  const options = optionsOf(description, server);
  judgeEndpoint(options.endpoint, options.allowedEndpoints);
  engineLocation(options, use);
}

/**
 * Opens it. The endpoint's names are resolved and judged before its URL is handed to the engine; nothing is asked of the store.
 * @throws {SnapdeckError} as `judgeS3`, and `store-unavailable` when nobody knows the endpoint's name
 */
export async function s3Connection(
  description: S3Description,
  use: "sink" | "source",
  server: S3Server,
): Promise<S3Connection> {
  const options = optionsOf(description, server);
  const engine = engineLocation(options, use);
  await resolveEndpoint(judgeEndpoint(options.endpoint, options.allowedEndpoints), options.resolve);
  return { store: new S3Store(options), engine };
}

/**
 * Tries what database backups need of it, all of it whatever fails; each finding is reported, and nothing stays behind. A source is only
 * read from.
 * @throws {SnapdeckError} as `judgeS3`
 */
export async function testS3Connection(
  description: S3Description,
  use: "sink" | "source",
  server: S3Server,
): Promise<CheckedConnection[]> {
  judgeS3(description, use, server);
  return testConnection(optionsOf(description, server), use);
}

function optionsOf({ location, options, credentials }: S3Description, server: S3Server): S3StoreOptions {
  const { allowedEndpoints, resolve } = server;
  return {
    ...s3StoreOptions(location, options, credentials, { allowedEndpoints }),
    ...(resolve === undefined ? {} : { resolve }),
  };
}
