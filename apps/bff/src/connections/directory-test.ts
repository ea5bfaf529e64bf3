import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import type { StoreUse, TestedStep } from "./store-opener.ts";

const MAX_PROBE_BYTES = 1_000;

/**
 * Tries what backups need of a directory, all of it whatever fails, in a folder that is gone afterwards. What a source leads to is only read.
 * @param id names this test among others
 */
export async function testDirectory(
  open: () => Promise<ObjectStore>,
  use: StoreUse,
  id: string,
): Promise<TestedStep[]> {
  const steps: TestedStep[] = [];
  const step = async <T>(check: string, detail: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      const result = await work();
      steps.push({ check, isOk: true, detail });
      return result;
    } catch (thrown) {
      if (!(thrown instanceof SnapdeckError)) throw thrown;
      const hint = thrown.hint === undefined ? {} : { hint: thrown.hint };
      steps.push({ check, isOk: false, detail: thrown.detail, ...hint });
      return undefined;
    }
  };
  const store = await step("open", "the directory is there, and this server's alone", open);
  if (store === undefined) return steps;
  const folder = `.snapdeck-connection-test-${id}`;
  const file = `${folder}/file`;
  if (use === "source") {
    await step("list", "its folders can be listed", () => store.folders());
    await step("get", "its files can be read", () => store.read(file, MAX_PROBE_BYTES));
    return steps;
  }
  const contents = new TextEncoder().encode(`written by a test of the connection ${id}`);
  await step("put", "files can be written", () => store.publish(file, contents));
  await step("get", "what was written is read back", async () => {
    const found = await store.read(file, MAX_PROBE_BYTES);
    if (found === undefined || !Buffer.from(contents).equals(found)) throw lost("read back");
  });
  await step("list", "what was written is listed", async () => {
    for await (const { path } of store.files(folder)) if (path === file) return;
    throw lost("listed");
  });
  await step("delete", "what was written is removed again", () => store.removeAll(folder));
  return steps;
}

function lost(what: string): SnapdeckError {
  return new SnapdeckError("store-unavailable", `what had been written is not ${what}`, {
    hint: "Check the disk and its file system.",
  });
}
