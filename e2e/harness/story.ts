import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test as base } from "@playwright/test";
import { Operator } from "./operator.ts";
import { Stack, type StackOptions } from "./stack.ts";

type World = {
  /** How the world of this story differs; set with `test.use`. */
  stackOptions: StackOptions;
  /** The world: fresh for each story. */
  stack: Stack;
  /** The person in front of the browser, who has not signed in yet. */
  operator: Operator;
};

export const test = base.extend<World>({
  stackOptions: [{}, { option: true }],

  stack: async ({ stackOptions }, use, testInfo) => {
    const stack = await Stack.start(stackOptions);
    await use(stack);
    if (testInfo.status !== testInfo.expectedStatus) {
      for (const name of readdirSync(stack.servers.logs))
        await testInfo.attach(name, { path: join(stack.servers.logs, name) });
    }
    await stack.stop();
  },

  operator: async ({ page, stack }, use) => {
    const operator = new Operator(page, () => stack.url);
    await use(operator);
    operator.sawNoErrors();
  },
});
