import { defineConfig } from "@playwright/test";
import { CHROMIUM_FLAGS, findChromium } from "./harness/machine.ts";

export default defineConfig({
  testDir: "stories",
  testMatch: "*.story.ts",
  outputDir: "test-results",
  // Each story runs a browser, a BFF, a host manager and one to three engines: two at a time is what two cores carry.
  workers: 2,
  fullyParallel: true,
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // `npm test` names a file for the JSON report, from which it takes its totals.
  reporter: process.env["PLAYWRIGHT_JSON_OUTPUT_FILE"] === undefined ? [["list"]] : [["list"], ["json"]],
  use: {
    headless: true,
    launchOptions: { executablePath: findChromium(), args: CHROMIUM_FLAGS },
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    actionTimeout: 15_000,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
