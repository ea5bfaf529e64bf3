import { Button } from "@mantine/core";
import type { SqlResult, SqlValue } from "@snapdeck/contract/sql";
import { useState } from "react";
import { CopyButton } from "../../components/copy-button.tsx";
import { formatCounted } from "../../format/rows.ts";
import classes from "./rows-result.module.css";
import { csvOf, numericColumns } from "./rows-text.ts";

type Props = {
  readonly result: Extract<SqlResult, { kind: "rows" }>;
  /** What they are rows of, for who cannot see it: "Rows of statement 2". */
  readonly label: string;
};

/** So many rows are drawn at first and with each press on "Show more": a page of 10 000 rows would take seconds to draw. */
const STEP = 200;

/** The rows of one statement, in a table that scrolls by itself. */
export function RowsResult({ result, label }: Props) {
  const [most, setMost] = useState(STEP);
  const { columns, rows, isCut } = result;
  const shown = rows.slice(0, most);
  const numeric = numericColumns({ columns, rows: shown });
  return (
    <>
      {rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard (WCAG 2.1.1).
        <section className={classes["scroll"]} aria-label={label} tabIndex={0}>
          <table className={classes["rows"]}>
            <thead>
              <tr>
                {columns.map((column, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a query may name two columns alike, and columns never move.
                  <th key={index} scope="col" data-number={numeric[index] || undefined}>
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own and never move.
                <tr key={at}>
                  {row.map((value, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: as its column.
                    <td key={index} data-number={numeric[index] || undefined}>
                      <Value value={value} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <div className={classes["foot"]}>
        <span className="numbers">
          {rows.length > shown.length
            ? `${formatCounted(shown.length, "row")} of ${formatCounted(rows.length, "row")} shown.`
            : `${formatCounted(rows.length, "row")}.`}
          {isCut && " There are more: these are the first. Ask for fewer, by a condition or a LIMIT."}
        </span>
        {rows.length > shown.length && (
          <Button variant="default" onClick={() => setMost(most + STEP)}>
            Show more
          </Button>
        )}
        {rows.length > 0 && <CopyButton text={csvOf(result)} label="Copy as CSV" withLabel />}
      </div>
    </>
  );
}

function Value({ value }: { readonly value: SqlValue }) {
  if (value === null) return <span className="quiet">NULL</span>;
  return String(value);
}
