import { roleIncludes } from "@snapdeck/contract/role";
import type { ClusterId } from "@snapdeck/contract/scalars";
import {
  IconDatabase,
  IconHistory,
  IconListDetails,
  IconLock,
  IconStack2,
  IconTerminal2,
  IconUsers,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { sessionQuery } from "../api/queries.ts";
import classes from "./navigation.module.css";

type Props = {
  readonly clusterId: ClusterId | undefined;
  /** A link was followed: closes the drawer on a small screen. */
  readonly onGo?: () => void;
};

const SIZE = 18;

/** The pages. Those that need another role stay in sight with a lock, and say which role when they are opened. */
export function Navigation({ clusterId, onGo }: Props) {
  const { data: session } = useQuery(sessionQuery());
  const admin = session?.signedIn === true && roleIncludes(session.user.role, "admin");
  const go = onGo === undefined ? {} : { onClick: onGo };
  return (
    <nav aria-label="Pages" className={classes["navigation"]}>
      {clusterId !== undefined && (
        <>
          <Entry to="/clusters/$clusterId" params={{ clusterId }} activeOptions={{ exact: true }} {...go}>
            <IconDatabase size={SIZE} aria-hidden /> Cluster
          </Entry>
          <Entry to="/clusters/$clusterId/snapshots" params={{ clusterId }} {...go}>
            <IconStack2 size={SIZE} aria-hidden /> Snapshots
          </Entry>
          <Entry to="/clusters/$clusterId/sql" params={{ clusterId }} {...go}>
            <IconTerminal2 size={SIZE} aria-hidden /> SQL
          </Entry>
          <Entry to="/clusters/$clusterId/jobs" params={{ clusterId }} {...go}>
            <IconListDetails size={SIZE} aria-hidden /> Jobs
          </Entry>
        </>
      )}
      <Entry to="/audit" {...go}>
        <IconHistory size={SIZE} aria-hidden /> Audit {!admin && <AdminOnly />}
      </Entry>
      <Entry to="/users" {...go}>
        <IconUsers size={SIZE} aria-hidden /> Users {!admin && <AdminOnly />}
      </Entry>
    </nav>
  );
}

function Entry({ children, ...link }: LinkProps & { readonly children: ReactNode; readonly onClick?: () => void }) {
  return (
    <Link className={classes["entry"]} {...link}>
      {children}
    </Link>
  );
}

function AdminOnly() {
  return <IconLock size={14} role="img" aria-label="needs the role admin" className={classes["lock"]} />;
}
