import { describe, expect, it } from "vitest";
import { joinWorkload, parseResource, parseWorkload, splitWorkload } from "./workload-ddl.ts";

describe("a workload's definition", () => {
  it("tells its parent and the resources that its settings name, whatever they are called", () => {
    expect(parseWorkload("CREATE WORKLOAD `all` SETTINGS max_concurrent_threads = 100")).toEqual({
      name: "all",
      resources: [],
    });
    expect(
      parseWorkload("CREATE WORKLOAD z IN y SETTINGS weight = 3 FOR net, max_bytes_per_second = '1M' FOR `a, b`"),
    ).toEqual({ name: "z", parent: "y", resources: ["net", "a, b"] });
    expect(parseWorkload("CREATE WORKLOAD IN IN IN SETTINGS priority = -1, weight = 1.5 FOR FOR")).toEqual({
      name: "IN",
      parent: "IN",
      resources: ["FOR"],
    });
    expect(parseWorkload("CREATE WORKLOAD SETTINGS IN `all` SETTINGS weight = 2")).toEqual({
      name: "SETTINGS",
      parent: "all",
      resources: [],
    });
  });

  it("stands in one text with the resources that it needs, and is taken apart again", () => {
    const resources = [
      "CREATE RESOURCE `a;b` (WRITE DISK d2, READ ANY DISK)",
      "CREATE RESOURCE cpu (MASTER THREAD, QUERY)",
    ];
    const workload = "CREATE WORKLOAD w IN `all` SETTINGS weight = 3 FOR `a;b`, max_concurrent_threads = 2 FOR cpu";
    expect(splitWorkload(joinWorkload(resources, workload))).toEqual({
      resources: [
        { name: "a;b", alone: [], text: resources[0] },
        { name: "cpu", alone: ["MASTER THREAD", "QUERY"], text: resources[1] },
      ],
      workload: { name: "w", parent: "all", resources: ["a;b", "cpu"], text: workload },
    });
  });

  it.each([
    "",
    "DROP DATABASE shop",
    "CREATE WORKLOAD w; DROP DATABASE shop",
    "DROP DATABASE shop; CREATE WORKLOAD w",
    "CREATE OR REPLACE WORKLOAD w",
    "CREATE WORKLOAD w IN `all` ON CLUSTER c",
    "CREATE WORKLOAD 'w'",
    "CREATE RESOURCE r (QUERY)",
    "CREATE RESOURCE r; CREATE WORKLOAD w",
    "CREATE WORKLOAD `w",
  ])("is refused when it is anything else: %s", (text) => {
    expect(() => splitWorkload(text)).toThrow();
  });

  it("tells what only one resource of a server may share out", () => {
    expect(parseResource("CREATE RESOURCE m (MEMORY RESERVATION)").alone).toEqual(["MEMORY RESERVATION"]);
    expect(parseResource("CREATE RESOURCE d (READ DISK a, WRITE ANY DISK)").alone).toEqual([]);
  });
});
