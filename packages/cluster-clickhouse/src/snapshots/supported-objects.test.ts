import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, it } from "vitest";
import type { RankClient } from "../rank-client.ts";
import { supportedObjects } from "./supported-objects.ts";

/** A rank that answers so; without directories it refuses to tell them. */
function rankWith(tables: readonly string[], directories?: readonly string[]): Pick<RankClient, "rows"> {
  return {
    rows: async (_doing, row, query) => {
      if (!query.includes("user_directories")) return tables.map((name) => row.parse({ name }));
      if (directories === undefined) throw new SnapdeckError("engine-failed", "not enough privileges");
      return directories.map((type) => row.parse({ type }));
    },
  };
}

const none = { connections: undefined };

describe("what OBJECTS may name", () => {
  it("are resource groups where the engine has workloads", async () => {
    const supported = await supportedObjects(none, rankWith(["workloads"], ["users_xml"]));
    expect(supported.types).toEqual(["ALL", "TABLE", "FUNCTION", "RESOURCE GROUP"]);
    const old = await supportedObjects(none, rankWith([], ["users_xml"]));
    expect(old.types).toEqual(["ALL", "TABLE", "FUNCTION"]);
    expect(old.reasons.get("RESOURCE GROUP")).toMatch(/keeps no workloads/);
  });

  it.each([
    [["users_xml"], /in its configuration only \(users_xml\)/],
    [["users_xml", "ldap"], /in its configuration only \(users_xml, ldap\)/],
    [["users_xml", "local_directory"], /\(local_directory\), but restoring password hashes and grants was not tried/],
    [undefined, /does not tell/],
  ] as const)("are never users and roles, for a reason that is true: %s", async (directories, reason) => {
    const { types, reasons } = await supportedObjects(none, rankWith(["workloads"], directories));
    for (const type of ["USER", "ROLE"] as const) {
      expect(types).not.toContain(type);
      expect(reasons.get(type)).toMatch(reason);
    }
  });

  it("rules nothing out that a server may have while no rank can be asked", async () => {
    const { types, reasons } = await supportedObjects(none, undefined);
    expect(types).toContain("RESOURCE GROUP");
    expect(reasons.size).toBe(0);
  });
});
