import { S3Store } from "../../src/s3/s3-store.ts";
import type { S3StoreOptions } from "../../src/s3/s3-store-options.ts";
import { FaultProxy } from "../fault-proxy.ts";
import { startSwift } from "./swift-server.ts";

/** Long enough for a busy machine, short enough for a test. */
const TIMEOUTS = { connectMs: 3_000, answerMs: 5_000, callMs: 20_000 };

/** An S3 server behind a proxy that does harm when it is told to. */
export async function startProxiedSwift() {
  const swift = await startSwift();
  const proxy = await FaultProxy.start(swift.url);
  const opened: S3Store[] = [];
  let bucket = "";
  return {
    swift,
    proxy,
    /** The bucket of the test that runs. */
    get bucket() {
      return bucket;
    },
    /** Before each test. */
    async begin() {
      bucket = await swift.bucket();
    },
    /** After each test. */
    end() {
      proxy.arm(undefined);
      for (const store of opened.splice(0)) store.close();
    },
    optionsWith(options: Partial<S3StoreOptions> = {}): S3StoreOptions {
      const { accessKeyId, secretAccessKey } = swift;
      const endpoint = options.endpoint ?? `http://127.0.0.1:${proxy.port}`;
      return {
        endpoint,
        bucket,
        addressing: "path",
        credentials: { accessKeyId, secretAccessKey },
        allowedEndpoints: [endpoint],
        timeouts: TIMEOUTS,
        ...options,
      };
    },
    /** A store that is reached through the proxy unless the options say otherwise. */
    storeWith(options: Partial<S3StoreOptions> = {}): S3Store {
      const store = new S3Store(this.optionsWith(options));
      opened.push(store);
      return store;
    },
    async stop() {
      await proxy.stop();
      await swift.stop();
    },
  };
}

export type ProxiedSwift = Awaited<ReturnType<typeof startProxiedSwift>>;
