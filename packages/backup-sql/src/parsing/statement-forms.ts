import type { OwnStatement } from "../ast/statement.ts";
import type { ClauseName, Flag } from "./raw-statement.ts";

export type StatementKind = OwnStatement["kind"];

export type StatementForm = {
  /** What the statement is called in messages. */
  readonly title: string;
  /** What its name names. */
  readonly noun: string;
  readonly target: "backup" | "backups" | "qualified" | "qualified or all" | "schema";
  readonly clauses: readonly ClauseName[];
  readonly required: readonly ClauseName[];
  readonly flags: readonly Flag["name"][];
};

type Rest = Partial<Omit<StatementForm, "title" | "noun" | "target">>;

function form(title: string, noun: string, target: StatementForm["target"], rest: Rest = {}): StatementForm {
  return { title, noun, target, clauses: [], required: [], flags: [], ...rest };
}

const BACKUP = "a backup";
const LISTING = { clauses: ["DATA SOURCE"], required: ["DATA SOURCE"] } as const;
const PROPERTIES = { clauses: ["SET"], required: ["SET"] } as const;

/** The parts that each statement takes, in the order in which they are printed, and which it must have. */
export const STATEMENT_FORMS: Readonly<Record<StatementKind, StatementForm>> = {
  "create-backup": form("CREATE BACKUP", BACKUP, "backup", {
    clauses: ["TYPE", "DATA SINK", "OBJECTS", "WITH OPTIONS"],
    required: ["DATA SINK", "OBJECTS"],
  }),
  "take-snapshot": form("BACKUP", BACKUP, "backup", {
    clauses: ["TYPE", "DATA SINK", "WITH OPTIONS"],
    required: ["DATA SINK"],
  }),
  "alter-backup": form("ALTER BACKUP", BACKUP, "backup", {
    clauses: ["DATA SINK", "MERGE", "PURGE", "SET", "WITH OPTIONS"],
    required: ["DATA SINK"],
  }),
  "restore-backup": form("RESTORE BACKUP", BACKUP, "backup", {
    clauses: ["DATA SOURCE", "OBJECTS", "WITH OPTIONS"],
    required: ["DATA SOURCE", "OBJECTS"],
  }),
  "drop-backup": form("DROP BACKUP", BACKUP, "backups", {
    clauses: ["DATA SINK", "WITH OPTIONS"],
    required: ["DATA SINK"],
  }),
  "show-backup": form("SHOW BACKUP", BACKUP, "backups", LISTING),
  "describe-backup": form("DESCRIBE BACKUP", BACKUP, "backups", LISTING),
  "verify-backup": form("VERIFY BACKUP", BACKUP, "backups", {
    clauses: ["DATA SOURCE", "WITH OPTIONS"],
    required: ["DATA SOURCE"],
  }),
  "create-data-sink": form("CREATE DATA SINK", "a data sink", "qualified", {
    clauses: ["LOCATION", "WITH OPTIONS"],
    required: ["LOCATION"],
    flags: ["OR REPLACE"],
  }),
  "alter-data-sink": form("ALTER DATA SINK", "a data sink", "qualified", PROPERTIES),
  "drop-data-sink": form("DROP DATA SINK", "a data sink", "qualified"),
  "show-data-sink": form("SHOW DATA SINK", "a data sink", "qualified or all"),
  "describe-data-sink": form("DESCRIBE DATA SINK", "a data sink", "qualified or all"),
  "create-data-source": form("CREATE DATA SOURCE", "a data source", "qualified", {
    clauses: ["LOCATION", "USER", "PASSWORD", "WITH OPTIONS"],
    required: ["LOCATION"],
    flags: ["OR REPLACE"],
  }),
  "alter-data-source": form("ALTER DATA SOURCE", "a data source", "qualified", PROPERTIES),
  "drop-data-source": form("DROP DATA SOURCE", "a data source", "qualified"),
  "show-data-source": form("SHOW DATA SOURCE", "a data source", "qualified or all"),
  "describe-data-source": form("DESCRIBE DATA SOURCE", "a data source", "qualified or all"),
  "create-credential": form("CREATE CREDENTIAL", "a credential", "qualified", {
    clauses: ["TYPE", "IDENTITY", "SECRET", "WITH OPTIONS"],
    required: ["TYPE"],
    flags: ["OR REPLACE"],
  }),
  "alter-credential": form("ALTER CREDENTIAL", "a credential", "qualified", PROPERTIES),
  "drop-credential": form("DROP CREDENTIAL", "a credential", "qualified or all"),
  "show-credential": form("SHOW CREDENTIAL", "a credential", "qualified or all"),
  "describe-credential": form("DESCRIBE CREDENTIAL", "a credential", "qualified or all"),
  "create-schema": form("CREATE SCHEMA", "a schema", "schema", { flags: ["IF NOT EXISTS"] }),
  "drop-schema": form("DROP SCHEMA", "a schema", "schema", { clauses: ["CASCADE"], flags: ["IF EXISTS"] }),
};

/** What ALTER BACKUP does; it does one of them at a time. */
export const ACTIONS: readonly ClauseName[] = ["MERGE", "PURGE", "SET"];

/** The statement that each pair of a verb and what it is done to makes. */
export const STATEMENT_KINDS = {
  CREATE: {
    BACKUP: "create-backup",
    "DATA SINK": "create-data-sink",
    "DATA SOURCE": "create-data-source",
    CREDENTIAL: "create-credential",
    SCHEMA: "create-schema",
  },
  ALTER: {
    BACKUP: "alter-backup",
    "DATA SINK": "alter-data-sink",
    "DATA SOURCE": "alter-data-source",
    CREDENTIAL: "alter-credential",
  },
  DROP: {
    BACKUP: "drop-backup",
    "DATA SINK": "drop-data-sink",
    "DATA SOURCE": "drop-data-source",
    CREDENTIAL: "drop-credential",
    SCHEMA: "drop-schema",
  },
  SHOW: {
    BACKUP: "show-backup",
    "DATA SINK": "show-data-sink",
    "DATA SOURCE": "show-data-source",
    CREDENTIAL: "show-credential",
  },
  DESCRIBE: {
    BACKUP: "describe-backup",
    "DATA SINK": "describe-data-sink",
    "DATA SOURCE": "describe-data-source",
    CREDENTIAL: "describe-credential",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, StatementKind>>>>;

export type Noun = keyof (typeof STATEMENT_KINDS)["ALTER"];
