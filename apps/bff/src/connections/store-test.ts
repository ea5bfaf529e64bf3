import type { CreateDataSink } from "@snapdeck/backup-sql/ast/data-sink-statements";
import type { CreateDataSource } from "@snapdeck/backup-sql/ast/data-source-statements";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { kindOf, WORDS_OF } from "./connection-kind.ts";
import { shownName } from "./connection-name.ts";
import type { TestedStep } from "./store-opener.ts";

/** Each step is told, those that went well too: they say how far it came. @throws {SnapdeckError} `connection-failed` */
export function mustPass(connection: CreateDataSink | CreateDataSource, steps: readonly TestedStep[]): void {
  const failed = steps.filter(({ isOk }) => !isOk);
  if (failed.length === 0) return;
  const { one } = WORDS_OF[kindOf(connection)];
  const told = steps.map(({ check, isOk, detail }) => `${check} ${isOk ? "passed" : "failed"}: ${detail}`);
  const hint =
    failed.find((step) => step.hint !== undefined)?.hint ?? "Check the location, the options and the credential.";
  throw new SnapdeckError(
    "connection-failed",
    `the store of the ${one} ${shownName(connection.name)} failed its test, so nothing was changed: ${told.join("; ")}`,
    { hint: `${hint} VALIDATE = FALSE leaves the test out.` },
  );
}
