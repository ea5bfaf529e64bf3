import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Manifest } from "@snapdeck/contract/manifest";
import { BackupId } from "@snapdeck/contract/scalars";

/**
 * Puts `count` more backups on the store, with the files of one that is there, each with an id and a moment of its own and a manifest
 * signed with the console's key as the console signs. Answers their ids, oldest first.
 */
export function copyBackup(folder: string, keysDir: string, count: number): BackupId[] {
  const { signature: _, ...original } = Manifest.parse(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")));
  const key = Buffer.from(readFileSync(join(keysDir, "sealing.key"), "utf8").trim(), "base64");
  return Array.from({ length: count }, (_none, at) => {
    const takenAt = new Date(Date.parse(original.takenAt) - (count - at) * 60_000);
    const moment = takenAt
      .toISOString()
      .replaceAll(/[-:]|\..*/g, "")
      .replace("T", "-");
    const backupId = BackupId.parse(`${moment}-${randomBytes(6).toString("hex")}`);
    const unsigned = { ...original, backupId, takenAt: takenAt.toISOString() };
    const copy = join(folder, "..", backupId);
    mkdirSync(copy, { mode: 0o700 });
    for (const attempt of new Set(original.ranks.map((rank) => rank.folder.split("/")[0] ?? "")))
      cpSync(join(folder, attempt), join(copy, attempt), { recursive: true });
    writeFileSync(join(copy, "manifest.json"), JSON.stringify({ ...unsigned, signature: signatureOf(unsigned, key) }), {
      mode: 0o600,
    });
    return backupId;
  });
}

function signatureOf(document: object, key: Buffer): string {
  const id = createHash("sha256").update("snapdeck sealing key id").update(key).digest("hex").slice(0, 16);
  const head = `v1.${id}`;
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(head));
  const text = `snapdeck-manifest ${createHash("sha256").update(canonical(document)).digest("hex")}`;
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return [head, ...[iv, sealed, cipher.getAuthTag()].map((part) => part.toString("base64url"))].join(".");
}

/** The members of every object in the order of their names. */
function canonical(document: object): string {
  return JSON.stringify(document, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}
