import { TextInput } from "@mantine/core";

type Props = {
  readonly name: string;
  readonly typed: string;
  readonly onType: (typed: string) => void;
};

/** Where the cluster's name is typed before all of its data is replaced. */
export function NameField({ name, typed, onType }: Props) {
  return (
    <TextInput
      label={
        <>
          Type the cluster's name, <strong>{name}</strong>, to confirm
        </>
      }
      value={typed}
      onChange={(event) => onType(event.currentTarget.value)}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={63}
    />
  );
}
