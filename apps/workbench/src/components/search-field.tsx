import { IconSearch, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import classes from "./search-field.module.css";

/** How long typing must rest before the search is made, in milliseconds. */
const TYPING_REST_MS = 250;

type Props = {
  /** What is searched: "Search backups". */
  readonly label: string;
  readonly placeholder: string;
  readonly maxLength: number;
  /** The search that is in force. */
  readonly search: string;
  /** Called with the trimmed text once typing rests. */
  readonly onSearch: (search: string) => void;
  readonly className?: string | undefined;
};

/** A field that searches as one types. */
export function SearchField({ label, placeholder, maxLength, search, onSearch, className }: Props) {
  const [typed, setTyped] = useState(search);
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address may change under the field: Back, or "Clear the search".
  useEffect(() => setTyped(search), [search]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (text: string, restMs = TYPING_REST_MS) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch(text.trim()), restMs);
  };
  const clear = () => {
    type("", 0);
    field.current?.focus();
  };
  return (
    <div className={className === undefined ? classes["search"] : `${classes["search"]} ${className}`}>
      <IconSearch size={16} aria-hidden className={classes["icon"]} />
      <input
        ref={field}
        className="field"
        aria-label={label}
        placeholder={placeholder}
        maxLength={maxLength}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => type(event.currentTarget.value)}
      />
      {typed !== "" && (
        <button type="button" className={classes["clear"]} aria-label="Clear the search" onClick={clear}>
          <IconX size={18} aria-hidden />
        </button>
      )}
    </div>
  );
}
