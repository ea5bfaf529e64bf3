import { availableParallelism, totalmem } from "node:os";

/** Of the machine's memory, when nobody says otherwise: the engine shares it with us, the BFF and a browser. */
const MEMORY_SHARE = 0.7;
/** Threads that one BACKUP or RESTORE copies with. The engine's 16 make everything else wait on a small machine. */
const MAX_BACKUP_THREADS = 4;

function xmlText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * The engine's users, in its own XML: the one that all statements run as. Who knows the rank's password may see the secrets of named
 * collections, because a backup that leaves them out could not be restored whole.
 */
export const ENGINE_USERS = `<clickhouse>
  <profiles><default></default></profiles>
  <quotas><default></default></quotas>
  <users>
    <default>
      <password></password>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <named_collection_control>1</named_collection_control>
      <show_named_collections>1</show_named_collections>
      <show_named_collections_secrets>1</show_named_collections_secrets>
    </default>
  </users>
</clickhouse>
`;

/**
 * The engine's configuration file, in its own XML. The first `backups.allowed_path` makes `File('a/b')` of BACKUP and RESTORE relative
 * to the store; they are kept in it and in `backupRoots`. It holds no secret.
 */
export function engineConfig(options: {
  storeRoot: string;
  /** More directories that BACKUP and RESTORE may name, by their absolute paths. */
  backupRoots?: readonly string[];
  displayName: string;
  /** The absolute path of a file that holds `ENGINE_USERS`. */
  usersPath: string;
  memoryLimitBytes?: number;
}): string {
  const threads = Math.max(2, Math.min(MAX_BACKUP_THREADS, availableParallelism()));
  const memoryBytes = options.memoryLimitBytes ?? Math.floor(totalmem() * MEMORY_SHARE);
  const allowed = [options.storeRoot, ...(options.backupRoots ?? [])]
    .map((path) => `<allowed_path>${xmlText(path)}</allowed_path>`)
    .join("");
  return `<clickhouse>
  <users_config>${xmlText(options.usersPath)}</users_config>
  <display_secrets_in_show_and_select>1</display_secrets_in_show_and_select>
  <display_name>${xmlText(options.displayName)}</display_name>
  <logger><level>none</level><console>0</console></logger>
  <backups>${allowed}</backups>
  <backup_threads>${threads}</backup_threads>
  <restore_threads>${threads}</restore_threads>
  <max_server_memory_usage>${memoryBytes}</max_server_memory_usage>
</clickhouse>
`;
}
