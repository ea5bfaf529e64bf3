import { Button } from "@mantine/core";
import type { Database } from "@snapdeck/contract/cluster";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { IconDatabase } from "@tabler/icons-react";
import { useId, useState } from "react";
import { Hint } from "../../components/hint.tsx";
import { formatBytes } from "../../format/bytes.ts";
import { formatCount, formatCounted, formatRows } from "../../format/rows.ts";
import { ChecksumCell } from "./checksum-cell.tsx";
import { countedTables } from "./counted-tables.ts";
import classes from "./database-card.module.css";
import { type TableName, useChecksumEntries } from "./use-checksums.ts";

type Props = {
  readonly clusterId: ClusterId;
  readonly database: Database;
  /** Why no checksum can be computed now; undefined when it can. */
  readonly blocked: string | undefined;
  readonly onScan: (tables: readonly TableName[]) => void;
};

/** Tables shown at first; a database with more is opened up on request. */
const SHOWN_AT_FIRST = 25;

/** One database: its tables with rows, size and, on request, a checksum. */
export function DatabaseCard({ clusterId, database, blocked, onScan }: Props) {
  const headingId = useId();
  const [all, setAll] = useState(database.tables.length <= SHOWN_AT_FIRST);
  const shown = all ? database.tables : database.tables.slice(0, SHOWN_AT_FIRST);
  const entries = useChecksumEntries(
    clusterId,
    shown.map(({ name }) => ({ database: database.name, table: name })),
  );
  return (
    <section className={`card table-card ${classes["database"]}`} aria-labelledby={headingId}>
      <header className={classes["head"]}>
        <h3 id={headingId}>
          <IconDatabase size={16} aria-hidden /> {database.name}
        </h3>
        <span className="quiet numbers">
          {formatCounted(database.tables.length, "table")}, {formatRows(database.rows)} rows,{" "}
          {formatBytes(database.sizeBytes)}
        </span>
        <ScanDatabase database={database} blocked={blocked} onScan={onScan} />
      </header>
      {shown.length > 0 && (
        <table className={`data-table ${classes["tables"]}`}>
          <thead>
            <tr>
              <th scope="col" className={classes["table"]}>
                Table
              </th>
              <th scope="col" className={classes["engine"]}>
                Engine
              </th>
              <th scope="col" className={`number ${classes["count"]}`}>
                Rows
              </th>
              <th scope="col" className={`number ${classes["count"]}`}>
                Size
              </th>
              <th scope="col" className="number">
                Checksum
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((table, index) => (
              <tr key={table.name}>
                <td data-label="Table" className="headline">
                  <span className="mono">{table.name}</span>
                </td>
                <td data-label="Engine">{table.engine}</td>
                <td data-label="Rows" className="number">
                  <Rows count={table.rows} />
                </td>
                <td data-label="Size" className="number">
                  {formatBytes(table.sizeBytes)}
                </td>
                <td className="number wide">
                  <ChecksumCell
                    name={`${database.name}.${table.name}`}
                    entry={entries[index]}
                    blocked={blocked}
                    onScan={() => onScan([{ database: database.name, table: table.name }])}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {!all && (
        <Button variant="subtle" onClick={() => setAll(true)}>
          Show all {formatCount(database.tables.length)} tables
        </Button>
      )}
    </section>
  );
}

function Rows({ count }: { readonly count: number | undefined }) {
  if (count === undefined) return <Hint label="This engine does not count its rows">–</Hint>;
  const text = formatRows(count);
  const exact = formatCount(count);
  return text === exact ? text : <Hint label={`${exact} rows`}>{text}</Hint>;
}

function ScanDatabase({ database, blocked, onScan }: Pick<Props, "database" | "blocked" | "onScan">) {
  const tables = countedTables(database);
  if (tables.length === 0) return null;
  const button = (
    <Button
      variant="subtle"
      aria-label={`Checksum all tables of ${database.name}`}
      {...(blocked === undefined ? {} : { "aria-disabled": true, "data-disabled": true })}
      onClick={() => blocked === undefined && onScan(tables)}
    >
      Checksum all
    </Button>
  );
  return blocked === undefined ? button : <Hint label={blocked}>{button}</Hint>;
}
