import { PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { call } from "../../api/call.ts";
import { ProblemError } from "../../api/problem-error.ts";
import { sessionQuery } from "../../api/queries.ts";
import { BusyButton } from "../../components/busy-button.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { Gate, GateForm } from "../../session/gate.tsx";
import { enter } from "../../session/sign-out.ts";

/** Signs in and goes on to the address that was asked for. */
export function SignInPage() {
  const router = useRouter();
  const { to } = useSearch({ from: "/sign-in" });
  const { data: session } = useQuery(sessionQuery());
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => call("signIn", { body: { username: username.trim(), password } }),
    onSuccess: enter,
  });
  const signedIn = session?.signedIn === true;
  useEffect(() => {
    if (signedIn) router.history.replace(to ?? "/");
  }, [signedIn, router, to]);

  if (session?.signedIn === false && session.setupNeeded) {
    return (
      <Gate
        title="Set up Snapdeck first"
        intro="There is no user yet. Open the setup link that Snapdeck printed in its terminal at its first start; it makes the first admin."
      />
    );
  }
  const wrong = signIn.error instanceof ProblemError && signIn.error.problem.code === "wrong-credentials";
  return (
    <Gate
      title="Sign in"
      intro={to === undefined ? "Back up and restore the cluster." : "Sign in to go on to the page."}
    >
      <GateForm onSubmit={() => signIn.mutate()}>
        <TextInput
          label="Name"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
          required
          withAsterisk={false}
          autoFocus
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
        />
        {signIn.error !== null && <ProblemNote error={signIn.error} {...(wrong ? { meaning: WRONG } : {})} />}
        <BusyButton type="submit" fullWidth busy={signIn.isPending}>
          Sign in
        </BusyButton>
      </GateForm>
    </Gate>
  );
}

const WRONG = "An admin can set a new password for you on the Users page.";
