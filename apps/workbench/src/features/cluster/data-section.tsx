import { Button, Skeleton } from "@mantine/core";
import type { Cluster, Database, Inventory } from "@snapdeck/contract/cluster";
import { IconSum } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { inventoryQuery } from "../../api/queries.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { PageProblem } from "../../components/page-problem.tsx";
import { Age } from "../../format/age.tsx";
import { formatBytes } from "../../format/bytes.ts";
import { formatCounted, formatRows } from "../../format/rows.ts";
import { checksumLines } from "./checksum-entry.ts";
import { countedTables } from "./counted-tables.ts";
import classes from "./data-section.module.css";
import { DatabaseCard } from "./database-card.tsx";
import { type TableName, useChecksumEntries, useScanning } from "./use-checksums.ts";

type Props = { readonly cluster: Cluster };

/** What the cluster holds, database by database. */
export function DataSection({ cluster }: Props) {
  const query = useQuery(inventoryQuery(cluster.id));
  const inventory = query.data;
  return (
    <section aria-labelledby="data-heading">
      {inventory === undefined ? (
        <>
          <h2 id="data-heading" className="section-heading">
            Databases
          </h2>
          {query.error === null && <Skeleton height={280} radius={8} />}
          <PageProblem query={query} />
        </>
      ) : (
        <>
          <PageProblem query={query} />
          <Data cluster={cluster} inventory={inventory} />
        </>
      )}
    </section>
  );
}

function Data({ cluster, inventory }: Props & { readonly inventory: Inventory }) {
  const tables = inventory.databases.flatMap(tableNames);
  const entries = useChecksumEntries(cluster.id, tables);
  const scanning = useScanning(cluster.id);
  const blocked = inventory.live ? undefined : "Resume the cluster first: a checksum reads every row";
  const lines = checksumLines(entries);
  const done = entries.filter((entry) => entry?.standing === "idle" && entry.now !== undefined).length;
  const left = entries.filter((entry) => entry !== undefined && entry.standing !== "idle").length;

  return (
    <>
      <div className={classes["head"]}>
        <div>
          <h2 id="data-heading" className="section-heading">
            Databases ({inventory.databases.length})
          </h2>
          <p className={classes["sum"]}>
            {formatRows(inventory.rows)} rows, {formatBytes(inventory.sizeBytes)} in{" "}
            {formatCounted(tables.length, "table")}
            {!inventory.live && (
              <>
                , <Age at={inventory.observedAt} prefix="as of" />, when they were last read
              </>
            )}
          </p>
        </div>
        {tables.length > 0 && (
          <div className={classes["acts"]}>
            {lines !== "" && <CopyButton text={lines} label={`Copy ${formatCounted(done, "checksum")}`} withLabel />}
            {scanning.busy ? (
              <Button variant="default" onClick={scanning.stop}>
                Stop after {formatCounted(tables.length - left, "table")} of {tables.length}
              </Button>
            ) : (
              <ChecksumAllButton
                name="the whole cluster"
                blocked={blocked}
                onScan={() => scanning.run(inventory.databases.flatMap(countedTables))}
              />
            )}
          </div>
        )}
      </div>
      {inventory.databases.map((database) => (
        <DatabaseCard
          key={database.name}
          clusterId={cluster.id}
          database={database}
          blocked={blocked}
          onScan={scanning.run}
        />
      ))}
    </>
  );
}

type ButtonProps = { readonly name: string; readonly blocked: string | undefined; readonly onScan: () => void };

function ChecksumAllButton({ name, blocked, onScan }: ButtonProps) {
  return (
    <div className={classes["all"]}>
      <Button
        variant="default"
        leftSection={<IconSum size={16} aria-hidden />}
        aria-label={`Checksum all tables of ${name}`}
        {...(blocked === undefined ? {} : { "aria-disabled": true, "data-disabled": true })}
        onClick={() => blocked === undefined && onScan()}
      >
        Checksum all
      </Button>
      {blocked !== undefined && <span className="quiet">{blocked}</span>}
    </div>
  );
}

function tableNames({ name, tables }: Database): TableName[] {
  return tables.map((table) => ({ database: name, table: table.name }));
}
