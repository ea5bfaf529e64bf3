/** What ClickHouse's own BACKUP names; a backup of that name is told from it by the clause that follows. */
const ENGINE_BACKUP = new Set(["TABLE", "TABLES", "TEMPORARY", "DATABASE", "DATABASES", "DICTIONARY", "VIEW", "ALL"]);
/** Clauses that may follow `DESCRIBE table` in ClickHouse. */
const ENGINE_DESCRIBE = new Set(["FORMAT", "SETTINGS", "INTO"]);

/**
 * Says from its leading words whether a statement belongs to the backup dialect. The words that name its things are not
 * reserved: `DESCRIBE backup` describes a table of that name, and `BACKUP TABLE t TO ...` is the engine's.
 */
export function isBackupSql(words: readonly string[]): boolean {
  const [verb, next] = words;
  switch (verb) {
    case "VERIFY":
      return true;
    case "RESTORE":
      return next === "BACKUP";
    case "BACKUP":
      return !isEngineBackup(words);
    case "CREATE":
      return isSubject(words, next === "OR" && words[2] === "REPLACE" ? 3 : 1, ["BACKUP", "CREDENTIAL", "SCHEMA"]);
    case "ALTER":
    case "SHOW":
      return isSubject(words, 1, ["BACKUP", "CREDENTIAL"]);
    case "DROP":
      return isSubject(words, 1, ["BACKUP", "CREDENTIAL", "SCHEMA"]);
    case "DESC":
    case "DESCRIBE":
      return isDescribe(words);
    default:
      return false;
  }
}

function isSubject(words: readonly string[], at: number, subjects: readonly string[]): boolean {
  const subject = words[at] === "EXTERNAL" ? words[at + 1] : words[at];
  return subject === "DATA" || (subject !== undefined && subjects.includes(subject));
}

function isDescribe(words: readonly string[]): boolean {
  const at = words[1] === "EXTERNAL" ? 2 : 1;
  if (words[at] === "DATA") return words[at + 1] === "SINK" || words[at + 1] === "SOURCE";
  if (words[at] !== "BACKUP" && words[at] !== "CREDENTIAL") return false;
  const name = words[at + 1];
  if (name === undefined || name === "." || name === "(") return false;
  const behind = words[at + 2];
  return !ENGINE_DESCRIBE.has(name) || behind === undefined || behind === "DATA";
}

function isEngineBackup(words: readonly string[]): boolean {
  if (!ENGINE_BACKUP.has(words[1] ?? "") || words[2] === undefined || startsClause(words, 2)) return false;
  const behindObject = words[3] === "." ? 5 : 3;
  return !startsClause(words, behindObject);
}

function startsClause(words: readonly string[], at: number): boolean {
  const [one, two] = [words[at], words[at + 1]];
  if (one === "DATA") return two === "SINK" || two === "SOURCE";
  if (one === "TYPE") return two === "=";
  if (one === "WITH") return two === "OPTIONS";
  return one === "OBJECTS" && two === "(";
}
