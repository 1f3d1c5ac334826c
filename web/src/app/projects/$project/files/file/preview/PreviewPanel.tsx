import { useQuery } from "@tanstack/react-query";

import { Empty } from "@/components/ui/Empty";
import { Loaded } from "@/components/ui/Loaded";
import { type FileAddress, previewQuery } from "@/data/files";
import type { FileVersion, Preview } from "@/data/schema";
import { t } from "@/texts";

import { NotebookView } from "./NotebookView";
import { PictureView } from "./PictureView";
import { PreviewTable } from "./PreviewTable";

const words = t.files;

function Shown({ preview, address, version }: { preview: Preview; address: FileAddress; version: FileVersion }) {
  if (preview.columns.length > 0) return <PreviewTable preview={preview} label={address.key} />;
  if (preview.cells.length > 0) return <NotebookView cells={preview.cells} />;
  if (preview.format === "image") return <PictureView address={address} version={version} />;
  if (preview.text === "") return <Empty>{version.size_bytes === 0 ? words.emptyFile : words.noPreview}</Empty>;
  return <pre tabIndex={0} aria-label={address.key} className="max-h-[70dvh] overflow-auto rounded-lg border border-line bg-surface p-4 whitespace-pre">{preview.text}</pre>;
}

/** The beginning of a version, as the lab read it. */
export function PreviewPanel({ address, version }: { address: FileAddress; version: FileVersion }) {
  const query = useQuery(previewQuery(address, version.version));
  return (
    <Loaded query={query}>
      {(preview) => (
        <>
          {preview.problem !== "" && <p className="mb-3 rounded-md bg-wait-bg px-3 py-2 text-wait">{preview.problem}</p>}
          <Shown preview={preview} address={address} version={version} />
          {preview.truncated && preview.columns.length === 0 && <p className="mt-2 text-sm text-muted">{words.textCut}</p>}
        </>
      )}
    </Loaded>
  );
}
