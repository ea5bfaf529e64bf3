import { BackupId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { z } from "zod";

/** Each order of the list, as an index has it. */
export const SORTS = {
  newest: { column: "taken_at", direction: "desc" },
  oldest: { column: "taken_at", direction: "asc" },
  largest: { column: "size_bytes", direction: "desc" },
  smallest: { column: "size_bytes", direction: "asc" },
} as const;

export type Sort = keyof typeof SORTS;

const Cursor = z.tuple([z.string(), z.union([z.string(), z.number()]), BackupId]);

export function cursorAfter(sort: Sort, value: string | number, backupId: string): string {
  return Buffer.from(JSON.stringify([sort, value, backupId])).toString("base64url");
}

/** @throws {SnapdeckError} `bad-request` for a cursor that no page of this sort answered */
export function readCursor(text: string, sort: Sort): { value: string | number; backupId: BackupId } {
  const parsed = Cursor.safeParse(jsonOf(text));
  if (!parsed.success || parsed.data[0] !== sort || !fits(parsed.data[1], sort)) {
    throw new SnapdeckError("bad-request", "the cursor is not one that a page of this list answered", {
      hint: "Start again from the first page.",
    });
  }
  return { value: parsed.data[1], backupId: parsed.data[2] };
}

/** A text is no size, and a database that is strict would say so in its own words. */
function fits(value: string | number, sort: Sort): boolean {
  return SORTS[sort].column === "size_bytes" ? Number.isSafeInteger(value) : typeof value === "string";
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
