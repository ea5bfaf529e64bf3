import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { S3Client } from "@aws-sdk/client-s3";
import { Deadline } from "./deadline.ts";
import { judgeEndpoint } from "./endpoint-policy.ts";
import { guardedLookup } from "./guarded-lookup.ts";
import { s3Failure, tooLate } from "./s3-failure.ts";
import { DEFAULT_TIMEOUTS, type S3StoreOptions, type S3Timeouts } from "./s3-store-options.ts";
import { type WithoutSecrets, withoutSecretsOf } from "./without-secrets.ts";

/** Connections to one server, at most: enough for many small requests at once, few enough for a small server. */
const CONNECTIONS = 32;

/** How often the SDK sends a request at most; it waits a little longer before each repetition. */
const MAX_ATTEMPTS = 3;

/** The slowest line on which a body is still waited for, in bytes per millisecond: about 2 Mbit/s. */
const SLOWEST_BYTES_PER_MS = 256;

// Which Node.js this runs on is the package's business; the SDK would tell every operator at each start.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const silent = () => undefined;

/** What a call needs of the S3 server: a client that goes to this endpoint alone, a limit in time, and failures in our words. */
export class S3Session {
  readonly client: S3Client;
  readonly bucket: string;
  /** `s3://bucket/prefix` */
  readonly name: string;
  readonly timeouts: S3Timeouts;
  readonly pageEntries: number;
  readonly #prefix: string;
  readonly #host: string;
  readonly #withoutSecrets: WithoutSecrets;

  /** @throws {SnapdeckError} `bad-request` or `not-supported` when the endpoint is none that this server calls. */
  constructor(options: S3StoreOptions) {
    const endpoint = judgeEndpoint(options.endpoint, options.allowedEndpoints);
    const { bucket, prefix = "", region = "us-east-1", addressing, credentials, verifiesTls = true, resolve } = options;
    this.bucket = bucket;
    this.name = ["s3:/", bucket, ...(prefix === "" ? [] : [prefix])].join("/");
    this.timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    this.pageEntries = options.pageEntries ?? 1_000;
    this.#prefix = prefix;
    this.#host = endpoint.url.host;
    this.#withoutSecrets = withoutSecretsOf(options);
    const agent = { keepAlive: true, maxSockets: CONNECTIONS, lookup: guardedLookup(endpoint, resolve) };
    // Whatever is not said here, the SDK takes from the environment and from files of whoever runs this server.
    this.client = new S3Client({
      endpoint: endpoint.url.origin,
      region,
      forcePathStyle: addressing === "path",
      credentials: { ...credentials },
      maxAttempts: MAX_ATTEMPTS,
      retryMode: "standard",
      useArnRegion: false,
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
      followRegionRedirects: false,
      disableS3ExpressSessionAuth: true,
      disableMultiregionAccessPoints: true,
      ignoreConfiguredEndpointUrls: true,
      defaultsMode: "standard",
      userAgentAppId: "snapdeck",
      // Servers other than Amazon's refuse what newer checksums need; Content-MD5 and our own digests stand in for them.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      // With it the SDK would go through an agent of its own, which looks names up unguarded.
      expectContinueHeader: false,
      logger: { trace: silent, debug: silent, info: silent, warn: silent, error: silent },
      requestHandler: {
        httpAgent: new HttpAgent(agent),
        httpsAgent: new HttpsAgent({ ...agent, rejectUnauthorized: verifiesTls }),
        connectionTimeout: this.timeouts.connectMs,
        requestTimeout: this.timeouts.answerMs,
        throwOnRequestTimeout: true,
      },
    });
  }

  /** The object's key for parts of a checked path. */
  keyOf(parts: readonly string[]): string {
    return [...(this.#prefix === "" ? [] : [this.#prefix]), ...parts].join("/");
  }

  /** The path below the store's root that a key stands for. */
  pathOf(key: string): string {
    return this.#prefix === "" ? key : key.slice(this.#prefix.length + 1);
  }

  /** How long a body of that size may take on a line that is still worth waiting for, in milliseconds. */
  static spanOf(bytes: number): number {
    return Math.ceil(bytes / SLOWEST_BYTES_PER_MS);
  }

  /**
   * Does some work within the time of one call, which is longer for a body of `bytes`. Rejects with the signal's reason when it aborts, and with a `SnapdeckError` otherwise.
   */
  async within<T>(
    doing: string,
    work: (deadline: Deadline) => Promise<T>,
    options: { signal?: AbortSignal | undefined; bytes?: number; aftermath?: string } = {},
  ): Promise<T> {
    const { signal, bytes = 0, aftermath } = options;
    signal?.throwIfAborted();
    const call = { store: this.name, host: this.#host, doing, aftermath, withoutSecrets: this.#withoutSecrets };
    const deadline = new Deadline(this.timeouts.callMs + S3Session.spanOf(bytes) * MAX_ATTEMPTS, signal);
    try {
      return await untilOver(deadline.signal, work(deadline));
    } catch (thrown) {
      if (deadline.isPast) throw tooLate(call);
      if (signal?.aborted) throw signal.reason;
      throw s3Failure(call, thrown);
    } finally {
      deadline.clear();
    }
  }

  /** Closes the connections. */
  close(): void {
    this.client.destroy();
  }
}

/** Settles with the work, or with its end of time, whichever comes first: work that does not listen is left to itself. */
function untilOver<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const over = () => reject(signal.reason);
    if (signal.aborted) over();
    signal.addEventListener("abort", over, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", over));
  });
}
