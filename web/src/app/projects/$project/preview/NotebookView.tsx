import { Markdown } from "@/components/markdown/Markdown";
import type { CellOutput, NotebookCell } from "@/data/schema";
import { cx } from "@/lib/cx";
import { t } from "@/texts";

const words = t.files;
const CODE = "overflow-x-auto px-3 py-2 whitespace-pre";

function Output({ output }: { output: CellOutput }) {
  if (output.kind.startsWith("image/")) return <img src={`data:${output.kind};base64,${output.data}`} alt="" className="max-w-full bg-white p-2" />;
  return <pre tabIndex={0} className={cx(CODE, "max-h-96 overflow-y-auto", output.kind === "error" && "bg-bad-bg text-bad")}>{output.data}</pre>;
}

function Cell({ cell, from }: { cell: NotebookCell; from: 2 | 3 }) {
  const isCode = cell.kind === "code";
  return (
    <li className="grid gap-x-2 md:grid-cols-[3.5rem_minmax(0,1fr)]">
      <span aria-hidden className="hidden pt-2 text-right font-mono text-sm text-muted md:block">{isCode && words.cellNumber(cell.count ?? null)}</span>
      <div className="min-w-0">
        {isCode ? (
          <pre tabIndex={0} className={cx(CODE, "rounded-md border border-line bg-surface")}>{cell.source}</pre>
        ) : cell.kind === "markdown" ? (
          <Markdown text={cell.source} from={from} className="max-w-prose px-3 py-1" />
        ) : (
          <p className="px-3 py-1 break-words whitespace-pre-wrap">{cell.source}</p>
        )}
        {cell.outputs.map((output, index) => <Output key={index} output={output} />)}
      </div>
    </li>
  );
}

/** A notebook's cells and outputs; HTML never comes along. */
export function NotebookView({ cells, from }: { cells: NotebookCell[]; from: 2 | 3 }) {
  return <ol className="space-y-3">{cells.map((cell, index) => <Cell key={index} cell={cell} from={from} />)}</ol>;
}
