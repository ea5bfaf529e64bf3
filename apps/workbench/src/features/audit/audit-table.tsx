import type { AuditEntry } from "@snapdeck/contract/audit";
import { CopyButton } from "../../components/copy-button.tsx";
import { Age } from "../../format/age.tsx";
import classes from "./audit-table.module.css";

export function AuditTable({ entries }: { readonly entries: readonly AuditEntry[] }) {
  return (
    <div className="card table-card">
      <table className="data-table">
        <thead>
          <tr>
            <th scope="col" className="number">
              No.
            </th>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">Did</th>
            <th scope="col">On</th>
            <th scope="col">Result</th>
            <th scope="col">From</th>
            <th scope="col">Request</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.seq}>
              <td data-label="No." className="number">
                {entry.seq}
              </td>
              <td data-label="When">
                <Age at={entry.at} />
              </td>
              <td data-label="Who">{entry.actor}</td>
              <td data-label="Did">
                <span className="mono">{entry.act}</span>
              </td>
              <td data-label="On" className={classes["target"]}>
                <span className="mono">{entry.target}</span>
              </td>
              <td data-label="Result">{entry.result}</td>
              <td data-label="From">{entry.origin}</td>
              <td data-label="Request">
                {entry.requestId === undefined ? (
                  "–"
                ) : (
                  <CopyButton text={entry.requestId} label={`Copy the request id of entry ${entry.seq}`} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
