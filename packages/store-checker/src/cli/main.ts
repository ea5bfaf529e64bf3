import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { checkStore } from "../check-store.ts";
import type { CheckProgress } from "../store-report.ts";
import { HELP, type Homes, readOptions, Usage } from "./options.ts";
import { reportText } from "./report-text.ts";

/** As `sysexits.h` has them. */
const EXIT = { clean: 0, broken: 1, usage: 64, noInput: 66, internal: 70, interrupted: 130 } as const;

/** `snapdeck check-store`. Answers the exit code; everything that is to be read was written by then. */
export async function main(args: readonly string[], homes: Homes): Promise<number> {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  try {
    const { help, json, check } = readOptions(args, homes, process.env);
    if (help) {
      process.stdout.write(HELP);
      return EXIT.clean;
    }
    const startedAt = performance.now();
    const report = await checkStore(check, stop.signal, showProgress);
    clearProgress();
    const text = json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report, performance.now() - startedAt);
    process.stdout.write(text);
    return report.breaks.length === 0 ? EXIT.clean : EXIT.broken;
  } catch (error) {
    clearProgress();
    return failed(error, stop.signal);
  }
}

function failed(error: unknown, signal: AbortSignal): number {
  if (error instanceof Usage) return told(error.message, EXIT.usage);
  if (signal.aborted) return told("Stopped before the check was over.", EXIT.interrupted);
  if (error instanceof SnapdeckError) {
    return told(`${error.detail}.${error.hint === undefined ? "" : ` ${error.hint}`}`, EXIT.noInput);
  }
  return told(`This is a bug: ${error instanceof Error ? error.stack : String(error)}`, EXIT.internal);
}

function told(message: string, exitCode: number): number {
  process.stderr.write(`${message}\n`);
  return exitCode;
}

function showProgress({ filesDone, filesTotal, bytesDone, bytesTotal }: CheckProgress): void {
  if (!process.stderr.isTTY) return;
  const percent = bytesTotal === 0 ? 0 : Math.floor((bytesDone * 100) / bytesTotal);
  process.stderr.write(`\r${filesDone} of ${filesTotal} files, ${percent} %\u001b[K`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
}
