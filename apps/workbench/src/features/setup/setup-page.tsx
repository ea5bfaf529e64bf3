import { PasswordInput, TextInput } from "@mantine/core";
import { Password, Username } from "@snapdeck/contract/session";
import { useMutation } from "@tanstack/react-query";
import { useLocation, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/call.ts";
import { ProblemError } from "../../api/problem-error.ts";
import { BusyButton } from "../../components/busy-button.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { TextLink } from "../../components/text-link.tsx";
import { fieldError } from "../../session/field-error.ts";
import { Gate, GateForm } from "../../session/gate.tsx";
import { enter } from "../../session/sign-out.ts";

/** Makes the first admin. The token comes in the fragment, which a browser keeps to itself: no server or proxy logs it. */
export function SetupPage() {
  const router = useRouter();
  const token = new URLSearchParams(useLocation().hash).get("token") ?? "";
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const setUp = useMutation({
    mutationFn: () => call("setUp", { body: { token, username, password } }),
    onSuccess: (session) => {
      enter(session);
      router.history.replace("/");
    },
  });
  const errors = {
    username: fieldError(Username, username),
    password: fieldError(Password, password),
    again: again === password ? undefined : "The two passwords differ",
  };
  const submit = () => {
    setTried(true);
    if (Object.values(errors).every((error) => error === undefined)) setUp.mutate();
  };

  if (token === "") {
    return (
      <Gate title="The setup link is not complete" intro={NO_TOKEN}>
        <TextLink to="/">Go to the start</TextLink>
      </Gate>
    );
  }
  return (
    <Gate
      title="Set up Snapdeck"
      intro="Make the first admin: the user who may do everything, and who adds the others."
    >
      <GateForm onSubmit={submit}>
        <TextInput
          label="Name"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
          error={tried ? errors.username : undefined}
          autoFocus
        />
        <PasswordInput
          label="Password"
          description="At least 12 characters. A sentence is a good password."
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={tried ? errors.password : undefined}
          visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
        />
        <PasswordInput
          label="Password again"
          autoComplete="new-password"
          value={again}
          onChange={(event) => setAgain(event.currentTarget.value)}
          error={tried ? errors.again : undefined}
          visibilityToggleButtonProps={{ "aria-label": "Show the repeated password" }}
        />
        {setUp.error !== null && (
          <ProblemNote error={setUp.error}>
            {isDone(setUp.error) && <TextLink to="/sign-in">Sign in</TextLink>}
          </ProblemNote>
        )}
        <BusyButton type="submit" fullWidth busy={setUp.isPending}>
          Make the first admin
        </BusyButton>
      </GateForm>
    </Gate>
  );
}

const NO_TOKEN =
  "It ends with the one-time token, which is missing here. Copy the whole link that Snapdeck printed in its terminal.";

function isDone(error: Error): boolean {
  return error instanceof ProblemError && error.problem.code === "setup-done";
}
