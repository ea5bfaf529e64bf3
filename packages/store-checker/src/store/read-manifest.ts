import { Manifest, ManifestFile } from "@snapdeck/contract/manifest";
import { z } from "zod";
import type { Pace } from "../pace.ts";
import { signatureFault } from "./signature.ts";
import { type BackupPlace, brokenIn, placeOf, type StoreLook } from "./store-look.ts";
import { readWhole, reasonOf, sha256 } from "./stored-file.ts";

/** Larger ones are never written. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Everything but the files, which are many and are looked at a few at a time. */
const WithoutFiles = Manifest.extend({
  ranks: z.array(Manifest.shape.ranks.element.extend({ files: z.array(z.unknown()) })),
});

/** A quick look for how much there is to do; nothing where that cannot be read. */
const Size = z.object({ ranks: z.array(z.object({ files: z.array(z.unknown()), sizeBytes: z.number() })) });

export async function sizeOf(look: StoreLook, place: BackupPlace): Promise<{ files: number; sizeBytes: number }> {
  const size = { files: 0, sizeBytes: 0 };
  try {
    const bytes = await readWhole(manifestPlace(look, place), MAX_BYTES);
    for (const rank of Size.parse(JSON.parse(new TextDecoder().decode(bytes))).ranks) {
      size.files += rank.files.length;
      size.sizeBytes += rank.sizeBytes;
    }
  } catch {
    return { files: 0, sizeBytes: 0 };
  }
  return size;
}

/** A backup's manifest and its SHA-256, or undefined when it cannot be used; then that was said. */
export async function readManifest(
  look: StoreLook,
  place: BackupPlace,
): Promise<{ manifest: Manifest; manifestSha256: string } | undefined> {
  const subject = `${place.backup}/manifest.json`;
  look.findings.looked("I5");
  let bytes: Buffer | undefined;
  try {
    bytes = await readWhole(manifestPlace(look, place), MAX_BYTES);
  } catch (thrown) {
    const detail = `cannot be read (${reasonOf(thrown)})`;
    brokenIn(look, place, { invariant: "I5", kind: "manifest-unreadable", subject, detail });
    return undefined;
  }
  try {
    if (bytes === undefined) throw new Error(`it has more than ${MAX_BYTES} bytes`);
    const document: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const manifest = await parseManifest(document, look.pace);
    await checkHead(look, place, manifest, document);
    return { manifest, manifestSha256: sha256(bytes) };
  } catch (thrown) {
    look.pace.throwIfAborted();
    const detail = `is not a manifest: ${whyNot(thrown)}`;
    brokenIn(look, place, { invariant: "I5", kind: "manifest-unreadable", subject, detail });
    return undefined;
  }
}

async function parseManifest(document: unknown, pace: Pace): Promise<Manifest> {
  const { ranks, ...head } = WithoutFiles.parse(document);
  const whole: Manifest["ranks"] = [];
  for (const rank of ranks) {
    const files: ManifestFile[] = [];
    for (const file of rank.files) {
      files.push(ManifestFile.parse(file));
      if (pace.isDue) await pace.breathe();
    }
    whole.push({ ...rank, files });
  }
  return { ...head, ranks: whole };
}

async function checkHead(look: StoreLook, place: BackupPlace, manifest: Manifest, document: unknown): Promise<void> {
  const subject = `${place.backup}/manifest.json`;
  if (manifest.clusterId !== place.clusterId || manifest.backupId !== place.backupId) {
    const detail = `is that of ${manifest.clusterId}/${manifest.backupId}`;
    brokenIn(look, place, { invariant: "I5", kind: "manifest-misplaced", subject, detail });
  }
  const fault = await signatureFault(Object(document), "snapdeck-manifest", look.key, look.pace);
  if (fault !== undefined)
    brokenIn(look, place, { invariant: "I5", kind: "manifest-signature", subject, detail: fault });
  checkDefinitions(look, place, manifest);
}

/** DDL with secrets is sealed with the same key; what cannot be opened any more is lost to a restore. */
function checkDefinitions(look: StoreLook, place: BackupPlace, manifest: Manifest): void {
  for (const { rank, definitions } of manifest.ranks) {
    for (const definition of definitions) {
      if (definition.kind !== "named-collection" || look.key === undefined) continue;
      look.findings.looked("I5");
      try {
        look.key.open(definition.sealedDdl);
      } catch (thrown) {
        const subject = `${place.backup}/manifest.json, named collection ${definition.name} of rank ${rank}`;
        const detail = `its sealed text ${reasonOf(thrown)}`;
        brokenIn(look, place, { invariant: "I5", kind: "definition-sealed", subject, detail });
      }
    }
  }
}

function manifestPlace(look: StoreLook, { backup }: BackupPlace): string {
  return placeOf(look, `${backup}/manifest.json`);
}

/** The first thing that is wrong, in few words. */
export function whyNot(thrown: unknown): string {
  if (!(thrown instanceof z.ZodError)) return thrown instanceof Error ? thrown.message : String(thrown);
  const [issue] = thrown.issues;
  return issue === undefined ? "it has another form" : `${issue.path.join(".") || "it"}: ${issue.message}`;
}
