import { expect, test } from "vitest";
import { ReadMeter } from "./read-meter.ts";

const FILES = [
  { path: "a.bin", sizeBytes: 60 },
  { path: "b.bin", sizeBytes: 40 },
];
const RANKS = {
  ranks: [
    { rank: 0, folder: "r0", databases: [], tables: [], definitions: [], files: FILES, sizeBytes: 100 },
    { rank: 1, folder: "r1", databases: [], tables: [], definitions: [], files: [], sizeBytes: 0 },
  ],
};

test("Progress goes by bytes as they are read, never back, and ends at the total although a file was not read", () => {
  const meter = new ReadMeter(RANKS);
  const doneBytes = () => meter.ranks()[0]?.bytesDone;
  const reading = meter.begin(0);
  reading.heard(0);
  reading.heard(25);
  expect(doneBytes()).toBe(25);
  reading.end();
  meter.ended(0, 60);
  expect(doneBytes()).toBe(60);
  meter.ended(0, 40);
  expect(meter.ranks()).toEqual([
    { rank: 0, bytesDone: 100, bytesTotal: 100, filesDone: 2, filesTotal: 2 },
    { rank: 1, bytesDone: 0, bytesTotal: 0, filesDone: 0, filesTotal: 0 },
  ]);
});

test("A reading that began and hears nothing stands still; one that waits for its turn does not", () => {
  let nowMs = 0;
  const meter = new ReadMeter(RANKS, () => nowMs);
  const reading = meter.begin(0);
  nowMs = 500;
  expect(meter.stoodMs()).toBe(0);
  reading.heard(0);
  meter.begin(0);
  nowMs = 700;
  expect(meter.stoodMs()).toBe(200);
  reading.heard(10);
  expect(meter.stoodMs()).toBe(0);
});

test("A store that does not even list its files stands still", () => {
  let nowMs = 0;
  const meter = new ReadMeter(RANKS, () => nowMs);
  nowMs = 300;
  expect(meter.stoodMs()).toBe(300);
});
