import { describe, expect, test } from "vitest";
import { Config } from "./config.ts";

const configured = (cluster: Record<string, unknown>) =>
  Config.safeParse({
    port: 0,
    stateDir: "/d/state",
    keysDir: "/d/keys",
    cluster: {
      id: "local",
      name: "local",
      hostUrl: "http://127.0.0.1:9",
      hostTokenFile: "/d/token",
      storeRoot: "/d/store",
      ...cluster,
    },
  });

describe("The configuration of database backups", () => {
  test("allows no directory and no S3 server of its own network unless it names them", () => {
    expect(configured({}).data?.cluster).toMatchObject({ databaseBackupRoots: [], s3Endpoints: [] });
    const named = { databaseBackupRoots: ["/d/database-backups"], s3Endpoints: ["http://10.0.0.5:9000"] };
    expect(configured(named).data?.cluster).toMatchObject(named);
  });

  test.each(["/d/store", "/d/store/", "/d/store/below", "/d/state", "/d/keys/..", "/d", "/", "below"])(
    "refuses the root %s, where people's backups would meet Snapdeck's own files",
    (root) => {
      expect(configured({ databaseBackupRoots: [root] }).error?.issues[0]?.path).toContain("databaseBackupRoots");
    },
  );

  test.each(["10.0.0.5:9000", "http://10.0.0.5:9000/", "https://store.example/bucket", "ftp://store.example"])(
    "refuses %s as an S3 endpoint: it takes an origin",
    (endpoint) => {
      expect(configured({ s3Endpoints: [endpoint] }).success).toBe(false);
    },
  );
});
