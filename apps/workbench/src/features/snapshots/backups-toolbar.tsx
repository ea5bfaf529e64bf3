import { CloseButton, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import classes from "./backups-toolbar.module.css";
import { type BackupSort, SEARCH_MAX, SORTS } from "./snapshots-search.ts";

/** How long typing must rest before the server is asked, in milliseconds. */
const TYPING_REST_MS = 250;

type Props = {
  readonly search: string;
  readonly sort: BackupSort;
  readonly onSearch: (search: string) => void;
  readonly onSort: (sort: BackupSort) => void;
};

/** Search and order of the list; the server does both. */
export function BackupsToolbar({ search, sort, onSearch, onSort }: Props) {
  const [typed, setTyped] = useState(search);
  const searchLater = useDebouncedCallback(onSearch, TYPING_REST_MS);
  // The address may change under the field: Back, or "Clear the search".
  useEffect(() => setTyped(search), [search]);
  const type = (text: string) => {
    setTyped(text);
    searchLater(text.trim());
  };
  return (
    <search className={classes["toolbar"]}>
      <TextInput
        className={classes["search"]}
        aria-label="Search backups"
        placeholder="Day, id or who asked"
        maxLength={SEARCH_MAX}
        value={typed}
        onChange={(event) => type(event.currentTarget.value)}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={typed === "" ? null : <CloseButton aria-label="Clear the search" onClick={() => type("")} />}
      />
      <NativeSelect
        className={classes["sort"]}
        aria-label="Order of the backups"
        data={[...SORTS]}
        value={sort}
        onChange={(event) => {
          const chosen = SORTS.find(({ value }) => value === event.currentTarget.value);
          if (chosen !== undefined) onSort(chosen.value);
        }}
      />
    </search>
  );
}
