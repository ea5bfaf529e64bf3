import type { EngineEntry, EngineMetadata } from "./engine-metadata.ts";

/** Characters that XML 1.0 cannot hold in any spelling, which the engine does not use in names. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNPRINTABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/**
 * The `.backup` of a backup that we put together, in the engine's own form. `backup_id` is left out: it names an operation of the engine,
 * and there was none.
 * @throws {RangeError} when a name cannot be written in XML
 */
export function printEngineMetadata(metadata: EngineMetadata): string {
  const { uuid, timestamp, deduplicated, base, files } = metadata;
  const head = [
    element("version", "1"),
    element("deduplicate_files", deduplicated ? "1" : "0"),
    element("timestamp", timestamp),
    element("uuid", uuid),
    ...(base === undefined ? [] : [element("base_backup", base.locator), element("base_backup_uuid", base.uuid)]),
    base?.copiesCredentials ? element("base_backup_copy_s3_credentials_from_backup", "true") : "",
  ].join("");
  return `<config>${head}<contents>${files.map(printFile).join("")}</contents></config>`;
}

function printFile({ name, sizeBytes, checksum, base, dataFile }: EngineEntry): string {
  const parts = [element("name", name), element("size", String(sizeBytes))];
  if (checksum !== undefined) parts.push(element("checksum", checksum));
  if (base !== undefined) {
    parts.push(element("use_base", "true"));
    if (base.sizeBytes !== sizeBytes) {
      parts.push(element("base_size", String(base.sizeBytes)), element("base_checksum", base.checksum));
    }
  }
  if (dataFile !== undefined) parts.push(element("data_file", dataFile));
  return `<file>${parts.join("")}</file>`;
}

function element(name: string, text: string): string {
  if (UNPRINTABLE.test(text))
    throw new RangeError(`${JSON.stringify(text)} cannot be written in the engine's metadata`);
  const escaped = text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\r", "&#13;");
  return `<${name}>${escaped}</${name}>`;
}
