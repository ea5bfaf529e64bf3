import { IconChevronDown } from "@tabler/icons-react";
import { SearchField } from "../../components/search-field.tsx";
import classes from "./backups-toolbar.module.css";
import { type BackupSort, SEARCH_MAX, SORTS } from "./snapshots-search.ts";

type Props = {
  readonly search: string;
  readonly sort: BackupSort;
  readonly onSearch: (search: string) => void;
  readonly onSort: (sort: BackupSort) => void;
};

/** Search and order of the list; the server does both. */
export function BackupsToolbar({ search, sort, onSearch, onSort }: Props) {
  return (
    <search className={classes["toolbar"]}>
      <SearchField
        className={classes["search"]}
        label="Search backups"
        placeholder="Day, id or who asked"
        maxLength={SEARCH_MAX}
        search={search}
        onSearch={onSearch}
      />
      <span className={classes["sort"]}>
        <select
          className="field"
          aria-label="Order of the backups"
          value={sort}
          onChange={(event) => {
            const chosen = SORTS.find(({ value }) => value === event.currentTarget.value);
            if (chosen !== undefined) onSort(chosen.value);
          }}
        >
          {SORTS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <IconChevronDown size={16} aria-hidden />
      </span>
    </search>
  );
}
