import type { RankProgress } from "@snapdeck/contract/job";
import { formatCount } from "../format/rows.ts";
import { percentText, shareOf } from "./percent.ts";

type Props = { readonly ranks: readonly RankProgress[] };

/** Each rank in exact numbers, in the order of their numbers. Never cut short. */
export function RankTable({ ranks }: Props) {
  return (
    <table className="data-table">
      <thead>
        <tr>
          <th scope="col">Rank</th>
          <th scope="col" className="number">
            Done
          </th>
          <th scope="col" className="number">
            Bytes
          </th>
          <th scope="col" className="number">
            Files
          </th>
        </tr>
      </thead>
      <tbody>
        {[...ranks]
          .sort((a, b) => a.rank - b.rank)
          .map((rank) => (
            <tr key={rank.rank}>
              <td data-label="Rank">{rank.rank}</td>
              <td data-label="Done" className="number">
                {percentText(shareOf(rank.bytesDone, rank.bytesTotal))}
              </td>
              <td data-label="Bytes" className="number">
                {formatCount(rank.bytesDone)} of {known(rank.bytesTotal)}
              </td>
              <td data-label="Files" className="number">
                {formatCount(rank.filesDone)} of {known(rank.filesTotal)}
              </td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

/** On the wire a total of 0 means that it is not known yet. */
function known(total: number): string {
  return total === 0 ? "–" : formatCount(total);
}
