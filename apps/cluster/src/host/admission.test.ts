import { expect, test } from "vitest";
import { Admission } from "./admission.ts";
import { deferred } from "./deferred.ts";

test("orders are carried out one at a time, in the order in which they came", async () => {
  const admission = new Admission();
  const first = deferred<void>();
  const did: string[] = [];
  const one = admission.run(async () => {
    did.push("one begins");
    await first.promise;
    did.push("one ends");
    throw new Error("it failed");
  });
  const two = admission.run(async () => did.push("two"));
  first.resolve();
  await expect(one).rejects.toThrow("it failed");
  await two;
  expect(did).toEqual(["one begins", "one ends", "two"]);
});

test("an order that nobody waits for any more when its turn comes is refused; one that has begun goes on", async () => {
  const admission = new Admission();
  const first = deferred<void>();
  const gone = new AbortController();
  const did: string[] = [];
  const one = admission.run(async () => {
    await first.promise;
    did.push("one");
  }, gone.signal);
  const two = admission.run(async () => did.push("two"), gone.signal);
  const three = admission.run(async () => did.push("three"), new AbortController().signal);
  await Promise.resolve();
  gone.abort();
  first.resolve();
  await expect(two).rejects.toMatchObject({ code: "cluster-busy" });
  await Promise.all([one, three]);
  expect(did).toEqual(["one", "three"]);
});
