import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Markdown } from "@/components/markdown/Markdown";
import { Empty } from "@/components/ui/Empty";
import { Loaded } from "@/components/ui/Loaded";
import type { Preview } from "@/data/schema";
import { t } from "@/texts";

import { NotebookView } from "./NotebookView";
import { PreviewTable } from "./PreviewTable";

const words = t.files;

interface Props {
  query: UseQueryResult<Preview>;
  /** The file's name. */
  label: string;
  /** What is shown of a picture: its bytes are not in the preview. */
  picture: ReactNode;
  /** The level of the highest heading in it, of a notebook or Markdown. */
  from: 2 | 3;
}

function Shown({ preview, label, picture, from }: Omit<Props, "query"> & { preview: Preview }) {
  if (preview.columns.length > 0) return <PreviewTable preview={preview} label={label} />;
  if (preview.cells.length > 0) return <NotebookView cells={preview.cells} from={from} />;
  if (preview.format === "image") return picture;
  if (preview.text === "") return <Empty>{preview.format === "none" ? words.noPreview : words.emptyFile}</Empty>;
  if (/\.(md|markdown)$/i.test(label)) return <Markdown text={preview.text} from={from} className="max-w-prose" />;
  return <pre tabIndex={0} aria-label={label} className="max-h-[70dvh] overflow-auto rounded-lg border border-line bg-surface p-4 whitespace-pre">{preview.text}</pre>;
}

/** The beginning of a file, as the lab read it: of a dataset, a model or an artifact. */
export function PreviewPanel({ query, ...rest }: Props) {
  return (
    <Loaded query={query}>
      {(preview) => (
        <>
          {preview.problem !== "" && <p className="mb-3 rounded-md bg-wait-bg px-3 py-2 text-wait">{preview.problem}</p>}
          <Shown preview={preview} {...rest} />
          {preview.truncated && preview.columns.length === 0 && <p className="mt-2 text-sm text-muted">{words.textCut}</p>}
        </>
      )}
    </Loaded>
  );
}
