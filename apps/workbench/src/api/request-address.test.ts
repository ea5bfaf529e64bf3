import { expect, test } from "vitest";
import { requestAddress } from "./request-address.ts";

test("a request's address has its parameters filled in and escaped", () => {
  expect(requestAddress({ path: "/clusters/:clusterId/jobs/:jobId" }, { clusterId: "a/b", jobId: "7" })).toBe(
    "/api/clusters/a%2Fb/jobs/7",
  );
});

test("a request's query leaves out what is not asked", () => {
  expect(requestAddress({ path: "/audit" }, {}, { before: undefined, limit: 50 })).toBe("/api/audit?limit=50");
});
