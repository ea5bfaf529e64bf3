import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { Sealer } from "../src/cluster-parts.ts";
import { metadataReader } from "../src/snapshots/metadata-reader.ts";

const OBJECT_STORE = join(fileURLToPath(new URL("../../..", import.meta.url)), "packages/object-store");

/** What a proxy does to requests whose first line matches; the kinds are those of the store's own tests. */
export type Harm = {
  readonly kind: string;
  readonly text?: string;
  readonly afterBytes?: number;
  readonly toBytes?: number;
  readonly bytesPerSecond?: number;
};

/** Which requests are harmed, as the proxy takes it. */
export type When = {
  readonly on?: RegExp;
  readonly times?: number;
  readonly from?: { readonly at: RegExp; readonly after: number };
};

/** An S3 server of a test's own, with a proxy before it that does harm when it is told to. */
export class S3Place {
  readonly #swift;
  readonly #proxy;
  readonly #stores: { close(): void }[] = [];
  readonly bucket: string;

  private constructor(
    swift: Awaited<ReturnType<typeof startSwift>>,
    proxy: Awaited<ReturnType<typeof startProxy>>,
    bucket: string,
  ) {
    this.#swift = swift;
    this.#proxy = proxy;
    this.bucket = bucket;
  }

  static async start(): Promise<S3Place> {
    const swift = await startSwift();
    return new S3Place(swift, await startProxy(swift.url), await swift.bucket());
  }

  get secret(): string {
    return this.#swift.secretAccessKey;
  }

  get keyId(): string {
    return this.#swift.accessKeyId;
  }

  /** First lines of the requests that came through the proxy. */
  get seen(): string[] {
    return this.#proxy.seen;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#proxy.port}`;
  }

  /** The database backups there, through the proxy for us and for the engine, with the key of the server or another one. */
  async store(
    sealer: Sealer,
    keys: { accessKeyId?: string; secretAccessKey?: string } = {},
    waitTimeoutSeconds = 5,
  ): Promise<DatabaseBackupStore> {
    const { accessKeyId, secretAccessKey } = { ...this.#swift, ...keys };
    const [{ s3Connection }, { openDatabaseBackupStore }] = await Promise.all([
      import(join(OBJECT_STORE, "src/s3/s3-connection.ts")),
      import(join(OBJECT_STORE, "src/database-backup/open-database-backup-store.ts")),
    ]);
    const description = {
      location: this.origin.replace("http://", "S3://"),
      options: { bucketName: this.bucket, useHttps: false, s3UseVirtualAddressing: false, waitTimeoutSeconds },
      credentials: { accessKeyId, secretAccessKey },
    };
    const { store, engine } = await s3Connection(description, "sink", { allowedEndpoints: [this.origin] });
    this.#stores.push(store);
    return openDatabaseBackupStore({ store, sealer, reader: metadataReader, engine });
  }

  arm(harm: Harm | undefined, when?: When): void {
    this.#proxy.arm(harm, when);
  }

  /** How S3 refuses. */
  async refusal(status: number, code: string): Promise<Harm> {
    const { s3Refusal } = await import(join(OBJECT_STORE, "tests/fault-proxy.ts"));
    return { kind: "answer", text: s3Refusal(status, code) };
  }

  /** Every object below a folder with its contents, and the keys of unfinished uploads, past the proxy. */
  async contents(folder: string): Promise<{ files: Map<string, string>; uploads: string[] }> {
    const s3 = await import("@aws-sdk/client-s3");
    const [Bucket, Prefix] = [this.bucket, `${folder}/`];
    const listed = await this.#swift.client.send(new s3.ListObjectsV2Command({ Bucket, Prefix }));
    const files = new Map<string, string>();
    for (const { Key = "" } of listed.Contents ?? []) {
      const { Body: body } = await this.#swift.client.send(new s3.GetObjectCommand({ Bucket, Key }));
      files.set(Key, (await body?.transformToString("latin1")) ?? "");
    }
    const { Uploads = [] } = await this.#swift.client.send(new s3.ListMultipartUploadsCommand({ Bucket, Prefix }));
    return { files, uploads: Uploads.map(({ Key = "" }) => Key) };
  }

  /** Puts a copy of one folder in the place of another, past the proxy. */
  async replaceFolder(folder: string, by: string): Promise<void> {
    const s3 = await import("@aws-sdk/client-s3");
    const [{ client }, Bucket] = [this.#swift, this.bucket];
    const keysOf = async (prefix: string): Promise<string[]> => {
      const listed = await client.send(new s3.ListObjectsV2Command({ Bucket, Prefix: `${prefix}/` }));
      return (listed.Contents ?? []).map(({ Key = "" }) => Key);
    };
    const [old, source] = await Promise.all([keysOf(folder), keysOf(by)]);
    await Promise.all(old.map((Key) => client.send(new s3.DeleteObjectCommand({ Bucket, Key }))));
    await Promise.all(
      source.map((key) => {
        const [Key, CopySource] = [`${folder}${key.slice(by.length)}`, encodeURI(`${Bucket}/${key}`)];
        return client.send(new s3.CopyObjectCommand({ Bucket, Key, CopySource }));
      }),
    );
  }

  async stop(): Promise<void> {
    for (const store of this.#stores) store.close();
    await this.#proxy.stop();
    await this.#swift.stop();
  }
}

async function startSwift() {
  const { startSwift: start } = await import(join(OBJECT_STORE, "tests/swift/swift-server.ts"));
  return start();
}

async function startProxy(url: string) {
  const { FaultProxy } = await import(join(OBJECT_STORE, "tests/fault-proxy.ts"));
  return FaultProxy.start(url);
}
