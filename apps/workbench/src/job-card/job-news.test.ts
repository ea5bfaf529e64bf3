import { describe, expect, test } from "vitest";
import { aJob } from "./a-job.ts";
import { jobNews } from "./job-news.ts";

const at = "2026-11-22T14:05:00.000Z";
const running = aJob({ seq: 5 });
const canceled = aJob({ seq: 6, state: { name: "canceled", endedAt: at, canceledBy: "ana" } });

describe("The news of jobs", () => {
  test("are none when the page opens: what is there can be read", () => {
    expect(jobNews(undefined, [running]).news).toEqual([]);
  });

  test("are a job that came up and one that changed", () => {
    expect(jobNews(new Map(), [running]).news).toEqual([{ before: undefined, after: running }]);
    const { known } = jobNews(undefined, [running]);
    expect(jobNews(known, [canceled]).news).toEqual([{ before: running, after: canceled }]);
  });

  test("take the newest of two lists that hold the same job", () => {
    const { known } = jobNews(undefined, [running]);
    expect(jobNews(known, [canceled, running]).news).toEqual([{ before: running, after: canceled }]);
  });

  test("are not jobs of long ago that a list brings along", () => {
    expect(jobNews(new Map(), [canceled]).news).toEqual([]);
  });

  test("are told once", () => {
    const { known } = jobNews(jobNews(undefined, [running]).known, [canceled]);
    expect(jobNews(known, [canceled]).news).toEqual([]);
  });
});
