import { Button, Skeleton } from "@mantine/core";
import type { User } from "@snapdeck/contract/session";
import { IconUserPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { sessionQuery, usersQuery } from "../../api/queries.ts";
import { PageHeader } from "../../components/page-header.tsx";
import { PageProblem } from "../../components/page-problem.tsx";
import { VerdictSkeleton } from "../../components/verdict-skeleton.tsx";
import { formatCounted } from "../../format/rows.ts";
import type { UserDialog } from "./user-dialogs.tsx";
import { UsersTable } from "./users-table.tsx";

const UserDialogs = lazy(async () => ({ default: (await import("./user-dialogs.tsx")).UserDialogs }));

/** Who may do what. */
export function UsersPage() {
  const query = useQuery(usersQuery());
  const { data: session } = useQuery(sessionQuery());
  const [dialog, setDialog] = useState<UserDialog>();
  const users = query.data?.items;
  const own = session?.signedIn ? session.user.id : undefined;
  return (
    <>
      <PageHeader
        title="Users"
        verdict={users === undefined ? query.error === null && <VerdictSkeleton /> : usersVerdict(users)}
        action={
          users !== undefined && (
            <Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={() => setDialog({ name: "add" })}>
              Add a user
            </Button>
          )
        }
      />
      <PageProblem query={query} />
      {users === undefined && query.error === null && <Skeleton height={200} radius={8} />}
      {users !== undefined && <UsersTable users={users} ownId={own} onAct={setDialog} />}
      {dialog !== undefined && (
        <Suspense>
          <UserDialogs dialog={dialog} onClose={() => setDialog(undefined)} />
        </Suspense>
      )}
    </>
  );
}

function usersVerdict(users: readonly User[]): string {
  const admins = users.filter(({ role }) => role === "admin").length;
  const more = admins === 1 ? " Make a second one, so that a lost password locks nobody out." : "";
  return `${formatCounted(users.length, "user")}, ${formatCounted(admins, "admin")} among them.${more}`;
}
