import { ROLES, type Role } from "@snapdeck/contract/role";
import classes from "./role-choice.module.css";
import { ROLE_WORDS } from "./role-words.ts";

type Props = { readonly value: Role; readonly onChange: (role: Role) => void };

/** The three roles, each with what it may do: radio buttons of the browser's own. */
export function RoleChoice({ value, onChange }: Props) {
  return (
    <fieldset className={classes["roles"]}>
      <legend>Role</legend>
      {ROLES.map((role) => (
        <label key={role} className={classes["role"]}>
          <input type="radio" name="role" value={role} checked={role === value} onChange={() => onChange(role)} />
          <span>
            <strong>{role}</strong> <span className="quiet">{ROLE_WORDS[role]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
