import { describe, expect, test } from "vitest";
import { statusLine } from "./status-line.ts";

const AT = "2026-11-22T13:00:00.000Z";
const later = (ms: number) => Date.parse(AT) + ms;

describe("The line at the foot of the page", () => {
  test("says how old the data of a live page is", () => {
    const line = statusLine({ state: "live", dataAt: AT, polled: false }, later(120));
    expect(line.text).toBe("Live · 0.1 s old");
  });

  test("says that the connection is lost, how old the data is and when it is tried again", () => {
    const line = statusLine({ state: "offline", dataAt: AT, polled: false, nextTryInMs: 2300 }, later(12_400));
    expect(line.text).toBe("Connection lost. Data is 12 s old. Trying again in 3 s");
  });

  test("says that the page reads over HTTP while the stream is down", () => {
    const line = statusLine({ state: "offline", dataAt: AT, polled: true, nextTryInMs: 2300 }, later(3000));
    expect(line.text).toBe("No live connection; reading every 5 s. Data is 3.0 s old. Trying again in 3 s");
  });

  test("is read out when the state changes and not with each second", () => {
    const first = statusLine({ state: "offline", dataAt: AT, polled: false, nextTryInMs: 2000 }, later(12_000));
    const second = statusLine({ state: "offline", dataAt: AT, polled: false, nextTryInMs: 1000 }, later(13_000));
    expect(second.spoken).toBe(first.spoken);
  });
});
