import type { ReactNode } from "react";
import { focusFirstError } from "./focus-first-error.ts";
import classes from "./gate.module.css";

type Props = {
  readonly title: string;
  readonly intro: ReactNode;
  readonly children?: ReactNode;
};

/** The frame of the pages before the sign-in. */
export function Gate({ title, intro, children }: Props) {
  return (
    <main className={classes["gate"]}>
      <title>{`${title} · Snapdeck`}</title>
      <div className={classes["card"]}>
        <div className={classes["product"]}>
          <img src="/favicon.svg" alt="" width={28} height={28} />
          Snapdeck
        </div>
        <h1>{title}</h1>
        <p className={classes["intro"]}>{intro}</p>
        {children}
      </div>
    </main>
  );
}

export function GateForm({ onSubmit, children }: { readonly onSubmit: () => void; readonly children: ReactNode }) {
  return (
    <form
      className={classes["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
        focusFirstError(event.currentTarget);
      }}
    >
      {children}
    </form>
  );
}
