import type { Problem } from "@snapdeck/contract/problem";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { IconAlertTriangle } from "@tabler/icons-react";
import { ProblemError } from "../../api/problem-error.ts";
import note from "../../components/problem-note.module.css";
import { ProblemNote } from "../../components/problem-note.tsx";
import { TextButton } from "../../components/text-button.tsx";
import { TextLink } from "../../components/text-link.tsx";
import { refusalMeaning } from "./refusal-meaning.ts";
import { ScriptText } from "./script-text.tsx";
import type { SqlRun } from "./sql-desk.ts";
import { type SyntaxPlace, syntaxPlaces } from "./syntax-places.ts";

type Props = {
  readonly clusterId: ClusterId;
  readonly run: Extract<SqlRun, { readonly state: "failed" }>;
  readonly onRetry: () => void;
  /** Puts the caret there. */
  readonly onGo: (place: SyntaxPlace) => void;
};

/** Why a script did not run. */
export function SqlProblem({ clusterId, run, onRetry, onGo }: Props) {
  const { error } = run;
  const problem = error instanceof ProblemError ? error.problem : undefined;
  const meaning = problem && refusalMeaning(problem.code, run);
  if (problem?.code === "sql-syntax") return <SyntaxNote problem={problem} onGo={onGo} />;
  return (
    <ProblemNote
      error={error}
      {...(meaning === undefined ? {} : { meaning })}
      onRetry={problem === undefined || problem.retryable || problem.code === "sign-in-too-old" ? onRetry : undefined}
    >
      <JobInTheWay clusterId={clusterId} problem={problem} />
    </ProblemNote>
  );
}

/** The way to the job that a problem names, where it names one. */
export function JobInTheWay({
  clusterId,
  problem,
}: Pick<Props, "clusterId"> & { readonly problem: Problem | undefined }) {
  if (problem?.jobId === undefined) return null;
  return (
    <TextLink to="/clusters/$clusterId/jobs" params={{ clusterId }} search={{ job: problem.jobId }}>
      See the job
    </TextLink>
  );
}

/** A malformed script: its lines with the places underlined, which only stand below each other in letters of one width. */
function SyntaxNote({ problem, onGo }: { readonly problem: Problem; readonly onGo: Props["onGo"] }) {
  const detail = problem.detail ?? "";
  return (
    <div className={note["note"]} role="alert">
      <IconAlertTriangle size={18} aria-hidden className={note["icon"]} />
      <div className={note["words"]}>
        <strong>{problem.title}</strong>
        <ScriptText text={detail} label="What is malformed, and where" wraps={isWords} />
        <p className={note["next"]}>{problem.hint ?? "Correct the statement, then run it again."}</p>
        <div className={note["ways"]}>
          {syntaxPlaces(detail).map((place) => (
            <TextButton key={`${place.line}:${place.column}`} onClick={() => onGo(place)}>
              Go to line {place.line}, column {place.column}
            </TextButton>
          ))}
        </div>
      </div>
    </div>
  );
}

/** Not a line of the script, nor the marks below it: both begin with the place for its number and a bar. */
function isWords(line: string): boolean {
  return !/^ *\d* \|/.test(line);
}
