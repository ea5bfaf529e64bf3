import { Skeleton } from "@mantine/core";
import type { Role } from "@snapdeck/contract/role";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useRef } from "react";
import { clusterQuery, sessionQuery } from "../../api/queries.ts";
import { BusyButton } from "../../components/busy-button.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { PageProblem } from "../../components/page-problem.tsx";
import { VerdictSkeleton } from "../../components/verdict-skeleton.tsx";
import { ScriptsShelf } from "./scripts-shelf.tsx";
import { useSqlDesk } from "./sql-desk.ts";
import { SqlEditor } from "./sql-editor.tsx";
import classes from "./sql-page.module.css";
import { SqlResults } from "./sql-results.tsx";
import { useRunSql } from "./use-run-sql.ts";
import { useSyntaxCaret } from "./use-syntax-caret.ts";

const MAY: Record<Role, string> = {
  viewer:
    "As a viewer you may show and describe backups, data sinks, data sources and credentials; all else needs another role.",
  operator: "As an operator you may look at backups, take and verify them; all else needs the role admin.",
  admin: "Statements about backups run here; all others run on the engine as they are.",
};

/** Database backups in SQL, and whatever else the engine takes. */
export function SqlPage() {
  const { clusterId } = useParams({ from: "/signed-in/clusters/$clusterId/sql" });
  const cluster = useQuery(clusterQuery(clusterId));
  const { data: session } = useQuery(sessionQuery());
  const { desk, write } = useSqlDesk(clusterId);
  const { start, goOn } = useRunSql(clusterId);
  const area = useRef<HTMLTextAreaElement>(null);
  const run = () => start(desk.draft);
  const { run: last } = desk;
  const goTo = useSyntaxCaret(area, last);

  const take = (sql: string) => {
    write(desk.draft.trim() === "" ? sql : `${desk.draft.trimEnd()}\n\n${sql}`);
    area.current?.focus();
  };
  return (
    <>
      <PageHeader
        title="SQL"
        {...(cluster.data === undefined ? {} : { of: cluster.data.name })}
        verdict={session?.signedIn === true ? MAY[session.user.role] : <VerdictSkeleton />}
        action={
          <BusyButton
            busy={last?.state === "running"}
            {...(desk.draft.trim() === "" ? { "aria-disabled": true, "data-disabled": true } : {})}
            onClick={run}
          >
            Run
          </BusyButton>
        }
      />
      <PageProblem query={cluster} />
      <div className={classes["page"]}>
        <div className="card">
          <SqlEditor area={area} draft={desk.draft} onWrite={write} onRun={run} />
          <ScriptsShelf scripts={desk.scripts} onTake={take} />
        </div>
        {cluster.data === undefined ? (
          cluster.error === null && <Skeleton height={160} radius={8} />
        ) : (
          <SqlResults
            cluster={cluster.data}
            run={last}
            onRetry={() => last !== undefined && start(last.sql)}
            onGoOn={goOn}
            onGo={goTo}
          />
        )}
      </div>
    </>
  );
}
