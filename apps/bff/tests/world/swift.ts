import { afterAll, beforeAll } from "vitest";

/** Taken by its path, because it stands in the tests of another package. */
const { startSwift } = await import(
  new URL("../../../../packages/object-store/tests/swift/swift-server.ts", import.meta.url).href
);

/** Swift with its S3 API, running while the tests of the file do. */
export function swiftForThisFile(): { readonly server: Awaited<ReturnType<typeof startSwift>> } {
  let server: Awaited<ReturnType<typeof startSwift>> | undefined;
  beforeAll(async () => {
    server = await startSwift();
  });
  afterAll(() => server?.stop());
  return {
    get server() {
      if (server === undefined) throw new Error("Swift runs only while tests do");
      return server;
    },
  };
}
