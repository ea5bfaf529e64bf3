import type { ObjectDefinition, StoredObjectRef } from "@snapdeck/contract/database-object";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { definitionsChanged } from "./ddl-only.ts";
import { restoreRows } from "./dry-run-rows.ts";
import { type LiveObjects, planSnapshotRestore } from "./plan-snapshot-restore.ts";
import { restoreOrder } from "./restore-order.ts";
import { defaultRenamedSchema, type RestoreRequest, refWords } from "./restore-request.ts";

const table = (name: string, schema = "shop"): StoredObjectRef => ({ type: "TABLE", schema, name });
const define = (ref: StoredObjectRef, more: Partial<ObjectDefinition> = {}): ObjectDefinition => ({
  ref,
  ddl: { kind: "plain", text: `CREATE ${refWords(ref)}` },
  ...more,
});

const SHOP = define({ type: "SCHEMA", name: "shop" });
const ORDERS = define(table("orders"), { engine: "MergeTree", rows: 10 });
const ITEMS = define(table("items"), { engine: "MergeTree", rows: 30 });
const A_VIEW = define(table("a_view"), {
  engine: "View",
  dependsOn: [table("orders"), { type: "FUNCTION", name: "tax" }],
});
const TAX = define({ type: "FUNCTION", name: "tax" });
const STORED = [A_VIEW, ORDERS, TAX, ITEMS, SHOP];

const EMPTY: LiveObjects = { schemas: [], objects: [] };
const REQUEST: RestoreRequest = {
  objects: [
    { type: "ALL", name: "shop" },
    { type: "FUNCTION", name: "tax" },
  ],
  policy: "none",
  renamedObjectsSchema: "backup_1",
  createSchemas: true,
  ddlOnly: false,
  targetSchemas: new Map(),
};
const plan = (request: Partial<RestoreRequest> = {}, live: Partial<LiveObjects> = {}) =>
  planSnapshotRestore(STORED, { ...REQUEST, ...request }, { ...EMPTY, ...live });
const told = (request: Partial<RestoreRequest> = {}, live: Partial<LiveObjects> = {}) =>
  restoreRows(plan(request, live)).map(({ action, subject, rows }) => [action, subject, rows].join(" ").trim());

describe("A restore", () => {
  test("brings a schema back with all that is in it, each after what it needs", () => {
    expect(told()).toEqual([
      "make schema shop",
      "make FUNCTION tax",
      "make TABLE shop.orders 10",
      "make TABLE shop.a_view",
      "make TABLE shop.items 30",
    ]);
  });

  test("of one table brings the table alone, into its schema", () => {
    expect(told({ objects: [{ type: "TABLE", schema: "shop", name: "items" }] })).toEqual([
      "make schema shop",
      "make TABLE shop.items 30",
    ]);
  });

  test("with DDL_ONLY brings no rows", () => {
    expect(plan({ ddlOnly: true }).items.some(({ withRows }) => withRows)).toBe(false);
    expect(told({ ddlOnly: true })).toContain("make TABLE shop.orders");
  });

  test("names everything that the snapshot does not hold", () => {
    const objects = [
      ...REQUEST.objects,
      { type: "TABLE", schema: "shop", name: "none" },
      { type: "ALL", name: "nowhere" },
    ] as const;
    expect(() => plan({ objects })).toThrow(/TABLE shop\.none, ALL nowhere/);
    expect(() => plan({ objects: [{ type: "TABLE", name: "orders" }] })).toThrow(/TABLE orders/);
  });

  test("of a view without what it reads is refused, unless that is there", () => {
    const objects = [{ type: "TABLE", schema: "shop", name: "a_view" }] as const;
    expect(() => plan({ objects })).toThrow(/a_view needs TABLE shop\.orders.*a_view needs FUNCTION tax/);
    const live = { schemas: ["shop"], objects: [table("orders"), TAX.ref] };
    expect(told({ objects }, live)).toEqual(["make TABLE shop.a_view"]);
  });
});

describe("A schema that is not there", () => {
  test("is an error with CREATE_SCHEMA_IF_NOT_EXIST = false", () => {
    expect(() => plan({ createSchemas: false })).toThrow(expect.objectContaining({ code: "schema-not-found" }));
    expect(plan({ createSchemas: false }, { schemas: ["shop"] }).schemas).toEqual([]);
  });
});

describe("With objects in the way, a restore", () => {
  const live = { schemas: ["shop"], objects: [table("orders"), table("unrelated")] };

  test("does nothing without a policy, and names them", () => {
    expect(() => plan({}, live)).toThrow(
      expect.objectContaining({ code: "restore-conflict", detail: expect.stringContaining("TABLE shop.orders") }),
    );
  });

  test("names a few of many", () => {
    const stored = Array.from({ length: 9 }, (_, at) => define(table(`t${at}`)));
    const request = { ...REQUEST, objects: [{ type: "ALL", name: "shop" }] as const };
    const there = { schemas: ["shop"], objects: stored.map(({ ref }) => ref) };
    expect(() => planSnapshotRestore(stored, request, there)).toThrow(/t4 and 4 more exist already/);
  });

  test("replaces them with `replace`", () => {
    expect(told({ policy: "replace" }, live)).toContain("replace TABLE shop.orders 10");
    expect(told({ policy: "replace" }, live)).toContain("make TABLE shop.items 30");
  });

  test("moves them to the schema that is named with `rename`, and makes it", () => {
    expect(told({ policy: "rename" }, live)).toEqual([
      "make schema backup_1",
      "make FUNCTION tax",
      "move aside TABLE shop.orders to TABLE backup_1.orders",
      "make TABLE shop.orders 10",
      "make TABLE shop.a_view",
      "make TABLE shop.items 30",
    ]);
    expect(plan({ policy: "rename", createSchemas: false }, live).schemas).toEqual(["backup_1"]);
    expect(defaultRenamedSchema("u-1")).toBe("backup_u-1");
  });

  test("with `rename` leaves alone what lives in no schema, so that it stays in the way", () => {
    expect(() => plan({ policy: "rename" }, { schemas: ["shop"], objects: [TAX.ref] })).toThrow(/FUNCTION tax/);
  });

  test("with `rename` displaces nothing that was moved aside before", () => {
    const objects = [...live.objects, table("orders", "backup_1")];
    expect(() => plan({ policy: "rename" }, { schemas: ["shop"], objects })).toThrow(/TABLE backup_1\.orders/);
  });

  test("with `rename` is refused into the schema that they would be moved to", () => {
    expect(() => plan({ policy: "rename", renamedObjectsSchema: "shop" }, live)).toThrow(
      expect.objectContaining({ code: "restore-conflict" }),
    );
  });
});

describe("TARGET_SCHEMA_MAP", () => {
  const targetSchemas = new Map([["shop", "copy"]]);

  test("restores into another schema, past what stands in the first one", () => {
    const live = { schemas: ["shop"], objects: [table("orders"), table("items")] };
    expect(told({ targetSchemas }, live)).toEqual([
      "make schema copy",
      "make FUNCTION tax",
      "make TABLE copy.orders 10",
      "make TABLE copy.a_view",
      "make TABLE copy.items 30",
    ]);
  });

  test("is refused for a schema of which nothing is restored", () => {
    expect(() => plan({ targetSchemas: new Map([["Shop", "copy"]]) })).toThrow(
      expect.objectContaining({ code: "bad-request" }),
    );
  });

  test("puts no two objects in one place", () => {
    const stored = [define(table("orders")), define(table("orders", "old"))];
    const objects = [
      { type: "ALL", name: "shop" },
      { type: "ALL", name: "old" },
    ] as const;
    const request = { ...REQUEST, objects, targetSchemas: new Map([["old", "shop"]]) };
    expect(() => planSnapshotRestore(stored, request, EMPTY)).toThrow(/both put something at TABLE shop\.orders/);
  });
});

describe("The order of a restore", () => {
  test("has each object after all that it needs, whatever the order they come in", () => {
    // Each may need those before it, so there is no circle.
    const needs = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(needs, fc.nat(), (wanted, seed) => {
        const definitions = wanted.map((each, at) =>
          define(table(`t${(at * 7919 + seed) % 104_729}`), {
            dependsOn: at === 0 ? [] : each.map((one) => table(`t${((one % at) * 7919 + seed) % 104_729}`)),
          }),
        );
        const ordered = restoreOrder([...definitions].reverse());
        expect(ordered).toEqual(restoreOrder(definitions));
        const placeOf = new Map(ordered.map((each, at) => [refWords(each.ref), at]));
        for (const each of ordered) {
          for (const need of each.dependsOn ?? []) {
            expect(placeOf.get(refWords(need))).toBeLessThan(placeOf.get(refWords(each.ref)) ?? -1);
          }
        }
        expect(ordered).toHaveLength(definitions.length);
      }),
    );
  });

  test("is found for views that stand on each other thousands deep", () => {
    const views = Array.from({ length: 20_000 }, (_, at) =>
      define(table(`v${at}`), at === 0 ? {} : { dependsOn: [table(`v${at - 1}`)] }),
    );
    expect(restoreOrder(views.toReversed()).at(-1)?.ref.name).toBe("v19999");
  });

  test("that does not exist is told with the circle, and nothing else", () => {
    const circle = [
      define(table("a"), { dependsOn: [table("b")] }),
      define(table("b"), { dependsOn: [table("c")] }),
      define(table("c"), { dependsOn: [table("b")] }),
    ];
    expect(() => restoreOrder(circle)).toThrow(
      expect.objectContaining({
        code: "objects-in-circle",
        detail: expect.stringContaining("TABLE shop.b needs TABLE shop.c needs TABLE shop.b;"),
      }),
    );
  });
});

describe("A snapshot with DDL_ONLY", () => {
  test("is taken when an object is new, gone or defined otherwise, and not when only rows changed", () => {
    const more = define(table("new"));
    expect(
      definitionsChanged(
        STORED,
        STORED.map((each) => ({ ...each, rows: 99 })),
      ),
    ).toBe(false);
    expect(definitionsChanged(STORED, [...STORED].reverse())).toBe(false);
    expect(definitionsChanged(STORED, [...STORED, more])).toBe(true);
    expect(definitionsChanged([...STORED, more], STORED)).toBe(true);
    expect(
      definitionsChanged(
        STORED,
        STORED.map((each) => (each === ITEMS ? { ...more } : each)),
      ),
    ).toBe(true);
    const altered = { ...ITEMS, ddl: { kind: "plain", text: "CREATE other" } } as const;
    expect(
      definitionsChanged(
        STORED,
        STORED.map((each) => (each === ITEMS ? altered : each)),
      ),
    ).toBe(true);
  });
});
