import type { AllowedEndpoints } from "./endpoint-policy.ts";
import type { Resolve } from "./guarded-lookup.ts";

export type S3Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

/** How the server encrypts what it keeps. `customer`: with a key that it is sent with each request and forgets. */
export type S3Encryption =
  | { readonly type: "AES256" }
  | { readonly type: "aws:kms" | "aws:kms:dsse"; readonly keyId?: string }
  | { readonly type: "customer"; readonly keyBase64: string };

export type S3Timeouts = {
  /** Until a connection stands. */
  readonly connectMs: number;
  /** Until an answer begins, and between two pieces of it. */
  readonly answerMs: number;
  /** One call in all, with its repetitions; bodies get more time by their size. */
  readonly callMs: number;
};

/** AWS's own clients wait for longer; a page of a console should not. Three answers that never come fit into one call. */
export const DEFAULT_TIMEOUTS: S3Timeouts = { connectMs: 5_000, answerMs: 10_000, callMs: 45_000 };

/** Where a store is and how it is reached. */
export type S3StoreOptions = {
  /** Origin of the S3 server, such as `https://s3.eu-west-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly bucket: string;
  /** The folder in the bucket that is the store's root, in its normal form; the bucket itself when it is empty. */
  readonly prefix?: string;
  /** `us-east-1` by default, which servers other than Amazon's take as well. */
  readonly region?: string;
  /** Whether the bucket stands in the path of a URL or, as Amazon wants it, before the host. */
  readonly addressing: "path" | "virtual";
  /** True unless the server's certificate is not to be checked. */
  readonly verifiesTls?: boolean;
  readonly credentials: S3Credentials;
  readonly encryption?: S3Encryption;
  readonly timeouts?: Partial<S3Timeouts>;
  /** How many entries a list is asked for at a time; 1000 by default, which is the most that S3 gives. */
  readonly pageEntries?: number;
  /** From this server's configuration. */
  readonly allowedEndpoints: AllowedEndpoints;
  /** How names are resolved; the system's way by default. */
  readonly resolve?: Resolve;
};
