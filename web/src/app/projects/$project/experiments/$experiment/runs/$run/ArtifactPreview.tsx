import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";

import { AnchorButton } from "@/components/ui/Button";
import { Loaded } from "@/components/ui/Loaded";
import { runArtifactUrl, textQuery } from "@/data/runs";
import type { Run } from "@/data/schema";
import { formatBytes } from "@/lib/format";
import { indented, isImage, isText } from "@/lib/preview";
import { t } from "@/texts";

const MOST = 200_000;

function Text({ url, path }: { url: string; path: string }) {
  const query = useQuery(textQuery(url, MOST));
  return (
    <Loaded query={query}>
      {(text) => (
        <>
          <pre tabIndex={0} className="max-h-[70dvh] overflow-auto rounded-md border border-line bg-bg p-3"><code>{text === "" ? t.experiments.emptyFile : path.endsWith(".json") ? indented(text) : text}</code></pre>
          {text.length >= MOST && <p className="mt-1 text-sm text-muted">{t.experiments.cut(formatBytes(MOST))}</p>}
        </>
      )}
    </Loaded>
  );
}

/** A look into one artifact, as far as a browser can show it harmlessly, and the way to have it whole. */
export function ArtifactPreview({ run, path }: { run: Run; path: string }) {
  const url = runArtifactUrl(run.project, run.id, path);
  return (
    <section aria-label={path} className="min-w-0 rounded-lg border border-line bg-surface p-3">
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <h2 className="min-w-0 flex-1 font-medium break-all">{path}</h2>
        <AnchorButton href={url} download><Download size={16} aria-hidden />{t.experiments.download}</AnchorButton>
      </div>
      {isImage(path) ? <img src={url} alt={path} className="max-h-[70dvh] max-w-full rounded-md border border-line bg-white object-contain" /> : isText(path) ? <Text url={url} path={path} /> : <p className="text-muted">{t.experiments.noPreview}</p>}
    </section>
  );
}
