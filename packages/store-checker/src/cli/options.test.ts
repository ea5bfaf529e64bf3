import { describe, expect, test } from "vitest";
import { readOptions, Usage } from "./options.ts";

const homes = {
  defaultHome: "/srv/default",
  layoutOf: (home: string) => ({
    store: `${home}/store`,
    state: `${home}/state`,
    keys: `${home}/keys`,
    cluster: `${home}/cluster`,
  }),
};
const read = (args: string[], env = {}) => readOptions(args, homes, env).check;

describe("snapdeck check-store", () => {
  test("checks what npm start uses, unless it is told otherwise", () => {
    const ofHome = (home: string) => ({
      storeRoot: `${home}/store`,
      state: { sqliteFile: `${home}/state/state.sqlite` },
      keysDir: `${home}/keys`,
      clusterDir: `${home}/cluster`,
      bytes: false,
      repair: false,
    });
    expect(read([])).toMatchObject(ofHome("/srv/default"));
    expect(read(["--home", "/srv/x"])).toMatchObject(ofHome("/srv/x"));
  });

  test("takes neither state nor keys of a home that the store may not belong to", () => {
    const check = read(["--store", "/mnt/copy"]);
    expect(check).toMatchObject({
      storeRoot: "/mnt/copy",
      state: undefined,
      keysDir: undefined,
      clusterDir: undefined,
    });
    expect(read(["--store", "/mnt/copy", "--home", "/srv/x"])).toMatchObject({
      storeRoot: "/mnt/copy",
      keysDir: "/srv/x/keys",
    });
  });

  test("reads the state where DATABASE_URL says, and --state says it better", () => {
    const env = { DATABASE_URL: "postgres://ada@db/snapdeck" };
    expect(read([], env).state).toEqual({ databaseUrl: env.DATABASE_URL });
    expect(read(["--state", "/x/state.sqlite"], env).state).toEqual({ sqliteFile: "/x/state.sqlite" });
    expect(read(["--state", "postgresql://db/x"]).state).toEqual({ databaseUrl: "postgresql://db/x" });
    expect(read([], { DATABASE_URL: "" }).state).toEqual({ sqliteFile: "/srv/default/state/state.sqlite" });
  });

  test("takes what it does not understand for a mistake", () => {
    for (const args of [["--what"], ["extra"], ["--store", ""], ["--cluster", "A B"], ["--bytes=yes"]]) {
      expect(() => read(args)).toThrow(Usage);
    }
  });
});
