import { Button } from "@mantine/core";
import type { UserId } from "@snapdeck/contract/scalars";
import type { User } from "@snapdeck/contract/session";
import { Hint } from "../../components/hint.tsx";
import { Age } from "../../format/age.tsx";
import { ROLE_WORDS } from "./role-words.ts";
import type { UserDialog } from "./user-dialogs.tsx";
import classes from "./users-table.module.css";

type Props = {
  readonly users: readonly User[];
  readonly ownId: UserId | undefined;
  readonly onAct: (dialog: UserDialog) => void;
};

export function UsersTable({ users, ownId, onAct }: Props) {
  return (
    <div className="card table-card">
      <table className="data-table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Role</th>
            <th scope="col">Last sign-in</th>
            <th scope="col">Added</th>
            <th scope="col" className="number">
              Actions
            </th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <tr key={user.id}>
              <td data-label="Name" className="headline">
                <span className={classes["name"]}>
                  <strong>{user.username}</strong>
                  {user.id === ownId && <span className="quiet"> (you)</span>}
                </span>
              </td>
              <td data-label="Role" className="wide">
                <span>
                  {user.role}
                  <span className={classes["may"]}> {ROLE_WORDS[user.role]}</span>
                </span>
              </td>
              <td data-label="Last sign-in">
                {user.lastSignInAt === undefined ? (
                  <span className="quiet">never</span>
                ) : (
                  <Age at={user.lastSignInAt} />
                )}
              </td>
              <td data-label="Added">
                <Age at={user.createdAt} />
              </td>
              <td className="number wide">
                <Acts user={user} isLastAdmin={isLastAdmin(user, users)} onAct={onAct} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The server refuses to lose its last admin; the page says so before it is tried. */
function isLastAdmin(user: User, users: readonly User[]): boolean {
  return user.role === "admin" && users.filter(({ role }) => role === "admin").length === 1;
}

type ActsProps = { readonly user: User; readonly isLastAdmin: boolean; readonly onAct: Props["onAct"] };

const LAST_ADMIN = "The last admin must stay: make another user admin first";

function Acts({ user, isLastAdmin: last, onAct }: ActsProps) {
  const blocked = last ? { "aria-disabled": true, "data-disabled": true } : {};
  const role = (
    <Button
      variant="subtle"
      aria-label={`Change the role of ${user.username}`}
      {...blocked}
      onClick={() => !last && onAct({ name: "role", user })}
    >
      Role
    </Button>
  );
  const remove = (
    <Button
      variant="subtle"
      color="red"
      aria-label={`Remove ${user.username}`}
      {...blocked}
      onClick={() => !last && onAct({ name: "remove", user })}
    >
      Remove
    </Button>
  );
  return (
    <span className={classes["acts"]}>
      {last ? <Hint label={LAST_ADMIN}>{role}</Hint> : role}
      <Button
        variant="subtle"
        aria-label={`Set a new password for ${user.username}`}
        onClick={() => onAct({ name: "password", user })}
      >
        Password
      </Button>
      {last ? <Hint label={LAST_ADMIN}>{remove}</Hint> : remove}
      {last && <span className={classes["reason"]}>{LAST_ADMIN}</span>}
    </span>
  );
}
